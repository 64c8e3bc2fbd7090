"""The addresses of papers beyond making them: signed, issued, and checked by anybody."""

from django.urls import path

from appraisal.views import issuing, signing, verify

PAPER = "papers/<int:pk>/"

urlpatterns = [
    path(f"{PAPER}sign/", signing.sign, name="papers-sign"),
    path(f"{PAPER}signatures/", signing.signatures, name="papers-signatures"),
    path(f"{PAPER}issue/", issuing.issue, name="papers-issue"),
    path(f"{PAPER}issued/", issuing.issued, name="papers-issued"),
    path("verify/", verify.new, name="verify-new"),
    path("verify/<str:fingerprint>/", verify.show, name="verify-show"),
]
