"""The addresses of papers beyond making them: checked by anybody, signed, issued."""

from django.urls import path

from appraisal.views import verify

urlpatterns = [
    path("verify/", verify.new, name="verify-new"),
    path("verify/<str:fingerprint>/", verify.show, name="verify-show"),
]
