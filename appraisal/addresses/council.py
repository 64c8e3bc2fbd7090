"""The addresses of the council's work: problems, table, meetings, rulings, approval, results."""

from django.urls import path

from appraisal.views import (
    approvals,
    consolidations,
    disputes,
    meetings,
    past,
    problems,
    publications,
    results,
    rulings,
    table,
)

ROUND = "rounds/<int:pk>/"

urlpatterns = [
    path(f"{ROUND}problems/", problems.show, name="problems-show"),
    path(f"{ROUND}table/", table.show, name="table-show"),
    path(f"{ROUND}table/<int:dossier_pk>/", table.derivation, name="table-derivation"),
    path(f"{ROUND}convene/", consolidations.convene, name="rounds-convene"),
    path(f"{ROUND}reopen-team/", consolidations.reopen_team, name="rounds-reopen-team"),
    path(f"{ROUND}consolidate/", consolidations.consolidate, name="rounds-consolidate"),
    path(f"{ROUND}return/", consolidations.return_, name="rounds-return"),
    path(f"{ROUND}meetings/", meetings.list_, name="meetings-list"),
    path(f"{ROUND}meetings/new/", meetings.new, name="meetings-new"),
    path(f"{ROUND}meetings/<int:meeting_pk>/", meetings.edit, name="meetings-edit"),
    path(f"{ROUND}disputes/", disputes.list_, name="disputes-list"),
    path("dossiers/<int:pk>/rulings/<int:criterion_pk>/", rulings.edit, name="rulings-edit"),
    path(f"{ROUND}approve/", approvals.new, name="approvals-new"),
    path(f"{ROUND}publish/", publications.publish, name="rounds-publish"),
    path(f"{ROUND}results/", results.list_, name="results-list"),
    path(f"{ROUND}results/exports/", results.exports, name="results-exports"),
    path(f"{ROUND}results/export/", results.export, name="results-export"),
    path(f"{ROUND}years/", past.compare, name="past-compare"),
    path(f"{ROUND}years/tables/", past.list_, name="past-list"),
    path(f"{ROUND}years/import/", past.upload, name="past-import"),
    path(f"{ROUND}years/import/<int:import_pk>/", past.confirm, name="past-confirm"),
    path("dossiers/<int:pk>/result/", results.dossier, name="results-dossier"),
]
