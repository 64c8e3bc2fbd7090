"""The floor of this machine: two views that do nothing but what every request must.

It is its own URL configuration; the measured pages stand beside these figures of the same run.
"""

from __future__ import annotations

from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from agencies.models import User
from appraisal.models import Mark

ROWS = 90
MIDDLEWARE = [f"{SessionMiddleware.__module__}.{SessionMiddleware.__name__}"]
TABLE = """<!doctype html><title>Bare</title><table>{% for row in rows %}<tr>\
{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"""


def save(request: HttpRequest) -> HttpResponse:
    """The session is read, one row is updated and committed."""
    account = request.session["_auth_user_id"]
    User.objects.filter(pk=account).update(position="Chuyên viên")
    return HttpResponse("ok")


def table(request: HttpRequest) -> HttpResponse:
    """Ninety rows of eight columns, formatted in Python, in a Django template."""
    marks = Mark.objects.values_list(
        "pk", "points", "version", "stage", "saved_at", "criterion__code", "dossier_id", "reason"
    )[:ROWS]
    rows = [
        (
            str(pk), str(points).replace(".", ","), str(version), stage,
            f"{saved_at:%d/%m/%Y}", code, str(dossier), reason,
        )
        for pk, points, version, stage, saved_at, code, dossier, reason in marks
    ]  # fmt: skip
    page = engines["django"].from_string(TABLE).render({"rows": rows})
    return HttpResponse(page)


urlpatterns = [path("save/", save), path("table/", table)]
