"""The addresses of the whole site: two apps and nothing else."""

from django.urls import include, path

urlpatterns = [
    path("", include("agencies.urls")),
    path("", include("appraisal.urls")),
]
handler400 = "agencies.http.bad_request"
handler403 = "agencies.http.forbidden"
handler404 = "agencies.http.not_found"
handler500 = "agencies.http.server_error"
