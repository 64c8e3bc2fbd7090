"""The addresses of papers being made, read and taken along, and of what they look like."""

from django.urls import path

from appraisal.views import paper_settings, papers

ROUND = "rounds/<int:pk>/papers/"
SETTINGS = "papers/settings/"

urlpatterns = [
    path(ROUND, papers.list_, name="papers-list"),
    path(f"{ROUND}make/", papers.make, name="papers-make"),
    path(f"{ROUND}make-all/", papers.make_all, name="papers-make-all"),
    path(f"{ROUND}bundle/", papers.bundle, name="papers-bundle"),
    path("papers/<int:pk>/", papers.show, name="papers-show"),
    path("papers/<int:pk>/download/<slug:format>/", papers.download, name="papers-download"),
    path("dossiers/<int:pk>/papers/", papers.dossier, name="papers-dossier"),
    path(SETTINGS, paper_settings.show, name="papers-settings"),
    path(f"{SETTINGS}letterhead/", paper_settings.letterhead, name="papers-letterhead"),
    path(f"{SETTINGS}bases/", paper_settings.bases, name="papers-bases"),
    path(f"{SETTINGS}<slug:kind>/", paper_settings.edit, name="papers-settings-edit"),
]
