"""The addresses of the assistance team's work: bench, progress, send-back, reports."""

from django.urls import path

from appraisal.views import bench, progress, reports, returns

BENCH = "rounds/<int:pk>/bench/"
ITEM = f"{BENCH}<int:dossier_pk>/<int:leaf_pk>/"

urlpatterns = [
    path(BENCH, bench.show, name="bench-show"),
    path(f"{ITEM}ask/", bench.ask, name="bench-ask"),
    path(f"{ITEM}unask/", bench.unask, name="bench-unask"),
    path(f"{ITEM}<slug:stage>/", bench.mark, name="bench-mark"),
    path(f"{BENCH}remarks/", bench.remark, name="bench-remark"),
    path(
        f"{BENCH}remarks/<int:remark_pk>/remove/", bench.remark_remove, name="bench-remark-remove"
    ),
    path("rounds/<int:pk>/progress/", progress.show, name="progress-show"),
    path("dossiers/<int:pk>/send-back/", returns.send_back, name="dossiers-send-back"),
    path("rounds/<int:pk>/reports/", reports.list_, name="reports-list"),
    path("rounds/<int:pk>/reports/own/", reports.edit, name="reports-edit"),
]
