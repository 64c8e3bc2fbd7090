"""The addresses of preparing and steering a round."""

from django.urls import path

from appraisal.views import (
    assignments,
    bands,
    criteria,
    extensions,
    participants,
    rounds,
    seats,
    survey,
    windows,
)

ROUND = "rounds/<int:pk>/"
CRITERIA = f"{ROUND}criteria/<slug:group>/"
SURVEY = f"{ROUND}survey/<slug:group>/"

urlpatterns = [
    path("rounds/", rounds.list_, name="rounds-list"),
    path("rounds/new/", rounds.new, name="rounds-new"),
    path(ROUND, rounds.show, name="rounds-show"),
    path(f"{ROUND}settings/", rounds.settings, name="rounds-settings"),
    path(f"{ROUND}copy/", rounds.copy, name="rounds-copy"),
    path(f"{ROUND}open/", rounds.open, name="rounds-open"),
    path(f"{ROUND}trail/", rounds.trail, name="trail-round"),
    path(f"{ROUND}windows/", windows.edit, name="windows-edit"),
    path(f"{ROUND}bands/", bands.edit, name="bands-edit"),
    path(f"{ROUND}seats/", seats.list_, name="seats-list"),
    path(f"{ROUND}seats/add/", seats.add, name="seats-add"),
    path(f"{ROUND}seats/<int:seat_pk>/remove/", seats.remove, name="seats-remove"),
    path(f"{ROUND}authorizations/", seats.authorize, name="seats-authorize"),
    path(f"{ROUND}agencies/", participants.edit, name="participants-edit"),
    path(f"{ROUND}criteria/", criteria.list_, name="criteria-list"),
    path(CRITERIA, criteria.show, name="criteria-show"),
    path(f"{CRITERIA}import/", criteria.upload, name="criteria-import"),
    path(f"{CRITERIA}import/<int:import_pk>/", criteria.confirm, name="criteria-confirm"),
    path(f"{CRITERIA}export/", criteria.export, name="criteria-export"),
    path(f"{CRITERIA}template/", criteria.template, name="criteria-template"),
    path(f"{ROUND}assignments/", assignments.edit, name="assignments-edit"),
    path(f"{ROUND}assignments/default/", assignments.default, name="assignments-default"),
    path(f"{ROUND}survey/", survey.show, name="survey-show"),
    path(f"{SURVEY}import/", survey.upload, name="survey-import"),
    path(f"{SURVEY}import/<int:import_pk>/", survey.confirm, name="survey-confirm"),
    path(f"{SURVEY}template/", survey.template, name="survey-template"),
    path("dossiers/<int:pk>/extensions/", extensions.new, name="extensions-new"),
]
