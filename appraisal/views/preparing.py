"""What the pages of preparation share: finding the round, who may look, the way back, the upload.

Each page still asks its own rule before anything is written.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.http import Request
from agencies.models import AgencyGroup
from agencies.verdict import enforce
from appraisal import clock, rules
from appraisal.files.uploads import StreamedUpload
from appraisal.models import Round
from appraisal.views.known import find_round
from appraisal.workflow.acting import Invalid

UNPROCESSABLE = 422
CONFLICT = 409

Crumb = dict[str, str]


def known_round(request: Request, pk: int) -> Round:
    """The round, if the person may know of it and looks after it; otherwise 404 or 403."""
    round = find_round(request, pk)
    enforce(rules.can_see_setup(request.user, round, at=clock.now()))
    return round


def known_group(round: Round, code: str) -> AgencyGroup:
    return get_object_or_404(AgencyGroup, jurisdiction=round.jurisdiction_id, code=code)


def crumbs(round: Round, *more: tuple[str, str]) -> list[Crumb]:
    """The way here: all rounds, this round, and what else."""
    way = [
        (_("Các đợt"), reverse("appraisal:rounds-list")),
        (round.name, reverse("appraisal:rounds-show", args=[round.pk])),
        *more,
    ]
    return [{"label": label, "url": url} for label, url in way]


def tell(form: forms.Form, invalid: Invalid) -> None:
    """Put what the workflow found wrong where the person typed it."""
    for name, sentence in invalid.errors.items():
        form.add_error(name if name in form.fields else None, sentence)


def uploaded(form: forms.Form, name: str = "file") -> StreamedUpload:
    """The file of a bound form, as the upload handler of the settings made it."""
    upload: Any = form.cleaned_data[name]
    if not isinstance(upload, StreamedUpload):
        raise Http404
    return upload
