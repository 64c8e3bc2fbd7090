"""The rounds that a request may know of: the view finds its own here, the page its switcher."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest

from agencies.http import Request
from agencies.models import User
from appraisal.models import CriteriaSet, Round


def known_rounds(request: HttpRequest) -> list[Any]:
    """The rounds that the person may know of, the latest first, each marked as illustrative.

    Read once for a request: the view finds its round here and the page its switcher.
    """
    kept: list[Any] | None = request.__dict__.get("_known_rounds")
    if kept is None:
        illustrative = CriteriaSet.objects.filter(round=OuterRef("pk"), is_illustrative=True)
        kept = list(
            Round.objects.visible_to(cast(User, request.user))
            .select_related("jurisdiction")
            .annotate(illustrative=Exists(illustrative))
            .order_by("-year", "-pk")
        )
        request.__dict__["_known_rounds"] = kept
    return kept


def find_round(request: Request, pk: int) -> Round:
    """The round if the person may know of it, otherwise 404; the navigation follows it."""
    found: Round | None = next((item for item in known_rounds(request) if item.pk == pk), None)
    if found is None:
        raise Http404
    request.nav_round = found
    return found
