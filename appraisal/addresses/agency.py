"""The addresses of the agency's work: home, dossier, marks, evidence, explanations, timeline."""

from django.urls import path

from appraisal.views import citations, dossiers, evidence, explanations, home, marks, offline, trail

LEAF = "dossiers/<int:pk>/marks/<int:criterion_pk>/"

urlpatterns = [
    path("", home.show, name="home"),
    path("dossiers/<int:pk>/", dossiers.show, name="dossiers-show"),
    path("dossiers/<int:pk>/check/", dossiers.check, name="dossiers-check"),
    path("dossiers/<int:pk>/submit/", dossiers.submit, name="dossiers-submit"),
    path("dossiers/<int:pk>/withdraw/", dossiers.withdraw, name="dossiers-withdraw"),
    path("dossiers/<int:pk>/workbook/", offline.download, name="offline-download"),
    path("dossiers/<int:pk>/offline/", offline.upload, name="offline-upload"),
    path("dossiers/<int:pk>/offline/<int:import_pk>/", offline.merge, name="offline-merge"),
    path(
        "dossiers/<int:pk>/offline/<int:import_pk>/documents/",
        offline.documents,
        name="offline-documents",
    ),
    path(LEAF, marks.edit, name="marks-edit"),
    path(f"{LEAF}propose/", marks.propose, name="marks-propose"),
    path(f"{LEAF}citations/", citations.add, name="citations-add"),
    path("citations/<int:pk>/", citations.edit, name="citations-edit"),
    path("citations/<int:pk>/remove/", citations.remove, name="citations-remove"),
    path("evidence/", evidence.list_, name="evidence-list"),
    path("evidence/upload/", evidence.upload, name="evidence-upload"),
    path("evidence/<int:pk>/", evidence.show, name="evidence-show"),
    path("evidence/<int:pk>/withdraw/", evidence.withdraw, name="evidence-withdraw"),
    path("evidence/<int:pk>/download/", evidence.download, name="evidence-download"),
    path("evidence/<int:pk>/pages/<int:number>.png", evidence.page, name="evidence-page"),
    path("dossiers/<int:pk>/explanations/", explanations.list_, name="explanations-list"),
    path(
        "dossiers/<int:pk>/explanations/<int:criterion_pk>/",
        explanations.edit,
        name="explanations-edit",
    ),
    path("dossiers/<int:pk>/trail/", trail.dossier, name="trail-dossier"),
]
