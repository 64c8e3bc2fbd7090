"""How kept bytes leave: by nginx where it stands in front, by ourselves where it does not.

Who may have them has been asked before. With `EVIDENCE_ACCEL` the answer names a place that only
nginx can read and adds its own header set there (`deploy/nginx.conf`); a worker is free again at
once. Without it the process sends the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase

from appraisal.files.store import evidence_store
from appraisal.files.uploads import safe_headers


def send_kept(sha256: str, name: str, content_type: str) -> HttpResponseBase:
    """A stored content as an attachment called `name` that no browser runs in our origin.

    Raises Http404 when it is not kept.
    """
    path = evidence_store().path(sha256)
    return send_file(path, {**safe_headers(name, content_type), "Accept-Ranges": "none"})


def send_file(path: Path, headers: Mapping[str, str]) -> HttpResponseBase:
    """A file below the store with exactly these headers."""
    if not path.is_file():
        raise Http404
    response: HttpResponseBase
    if settings.EVIDENCE_ACCEL:
        place = path.relative_to(settings.EVIDENCE_ROOT).as_posix()
        response = HttpResponse(headers={"X-Accel-Redirect": f"{settings.EVIDENCE_ACCEL}{place}"})
    else:
        response = FileResponse(path.open("rb"))
    for header, value in headers.items():
        response.headers[header] = value
    return response
