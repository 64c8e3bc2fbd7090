"""The addresses of papers beyond making them: signed, issued, checked, their Word templates."""

from django.urls import path

from appraisal.views import issuing, signing, templates, verify

PAPER = "papers/<int:pk>/"
TEMPLATES = "papers/templates/"
TEMPLATE = f"{TEMPLATES}<int:pk>/"

urlpatterns = [
    path(f"{PAPER}sign/", signing.sign, name="papers-sign"),
    path(f"{PAPER}signatures/", signing.signatures, name="papers-signatures"),
    path(f"{PAPER}issue/", issuing.issue, name="papers-issue"),
    path(f"{PAPER}issued/", issuing.issued, name="papers-issued"),
    path("verify/", verify.new, name="verify-new"),
    path("verify/<str:fingerprint>/", verify.show, name="verify-show"),
    path(TEMPLATES, templates.list_, name="templates-list"),
    path(f"{TEMPLATES}<slug:kind>/upload/", templates.upload, name="templates-upload"),
    path(f"{TEMPLATES}<slug:kind>/builtin/", templates.builtin, name="templates-builtin"),
    path(TEMPLATE, templates.show, name="templates-show"),
    path(f"{TEMPLATE}file/", templates.file, name="templates-file"),
    path(f"{TEMPLATE}preview/<slug:format>/", templates.preview, name="templates-preview"),
    path(f"{TEMPLATE}pages/<int:number>/", templates.page, name="templates-page"),
    path(f"{TEMPLATE}force/", templates.force, name="templates-force"),
    path(f"{TEMPLATE}retire/", templates.retire, name="templates-retire"),
]
