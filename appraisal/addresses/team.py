"""The addresses of the assistance team's work: bench, progress, send-back, reports."""

from django.urls import path

from appraisal.views import bench, bench_workbook, corrections, progress, reports, returns

BENCH = "rounds/<int:pk>/bench/"
ITEM = f"{BENCH}<int:dossier_pk>/<int:leaf_pk>/"

urlpatterns = [
    path(BENCH, bench.show, name="bench-show"),
    path(f"{BENCH}workbook/", bench_workbook.download, name="bench-workbook"),
    path(f"{BENCH}upload/", bench_workbook.upload, name="bench-upload"),
    path(f"{BENCH}upload/<int:import_pk>/", bench_workbook.merge, name="bench-merge"),
    path(f"{ITEM}ask/", bench.ask, name="bench-ask"),
    path(f"{ITEM}unask/", bench.unask, name="bench-unask"),
    path(f"{ITEM}<slug:stage>/", bench.mark, name="bench-mark"),
    path(f"{BENCH}remarks/", bench.remark, name="bench-remark"),
    path(
        f"{BENCH}remarks/<int:remark_pk>/remove/", bench.remark_remove, name="bench-remark-remove"
    ),
    path("rounds/<int:pk>/progress/", progress.show, name="progress-show"),
    path("rounds/<int:pk>/corrections/", corrections.new, name="corrections-new"),
    path(
        "rounds/<int:pk>/corrections/<int:import_pk>/",
        corrections.confirm,
        name="corrections-confirm",
    ),
    path("dossiers/<int:pk>/send-back/", returns.send_back, name="dossiers-send-back"),
    path("rounds/<int:pk>/reports/", reports.list_, name="reports-list"),
    path("rounds/<int:pk>/reports/own/", reports.edit, name="reports-edit"),
]
