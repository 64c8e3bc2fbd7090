"""The addresses of the process; one list for each part of the job, in `addresses`."""

from appraisal.addresses import agency, council, setup, team

app_name = "appraisal"
urlpatterns = [
    *agency.urlpatterns,
    *setup.urlpatterns,
    *team.urlpatterns,
    *council.urlpatterns,
]
