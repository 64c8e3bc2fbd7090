"""The addresses of the process; one list for each part of the job, in `addresses`."""

from django.urls import path

from appraisal.addresses import agency, council, papers, paperwork, setup, team
from appraisal.views.health import healthz
from appraisal.views.styleguide import styleguide

app_name = "appraisal"
urlpatterns = [
    *agency.urlpatterns,
    *setup.urlpatterns,
    *team.urlpatterns,
    *council.urlpatterns,
    *paperwork.urlpatterns,
    *papers.urlpatterns,
    path("healthz", healthz, name="healthz"),
    path("styleguide/", styleguide, name="styleguide"),
]
