"""What a paper depends on, and the hash of it.

Two askings with the same basis are the same paper; a paper whose basis differs from that of today
is out of date. Every part below is a version, a head of an audit stream or a fingerprint, so the
question is cheap and exact: whatever changes a paper's words moves one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Max

from agencies.models import Jurisdiction
from appraisal import clock, trail
from appraisal.models import Consolidation, Dossier, Event, PaperTemplate, Round
from appraisal.models.papers import PaperKind
from appraisal.papers.house import bases_of, settings_of
from appraisal.rules.results import CONSOLIDATED_STATES

WORDING: Final = 1
"""Counts the changes of what the built-in papers say; a new one makes the old papers anew."""

FROM_RESULT: Final = frozenset(
    {PaperKind.DECISION, PaperKind.SUBMISSION, PaperKind.REPORT, PaperKind.LETTERS,
     PaperKind.DERIVATION}
)  # fmt: skip
"""Papers that say the sealed result and cannot exist before it."""

_COUNCIL_ACTS: Final = r"^(meeting|report|seat)\."


@dataclass(frozen=True)
class Subject:
    """What a paper is about: a kind, a round, and its result, dossier and template if any."""

    kind: str
    round: Round
    consolidation: Consolidation | None = None
    dossier: Dossier | None = None
    template: PaperTemplate | None = None

    @property
    def jurisdiction(self) -> Jurisdiction:
        return self.round.jurisdiction


def standing(round: Round) -> Consolidation | None:
    """The last consolidation while it stands: not when the round went back to the council."""
    if round.state not in CONSOLIDATED_STATES:
        return None
    return Consolidation.objects.filter(round=round).defer("snapshot").first()


def template_in_force(jurisdiction: Jurisdiction, kind: str) -> PaperTemplate | None:
    """The office's own template for a kind of paper; None: the built-in one."""
    return PaperTemplate.objects.filter(
        jurisdiction=jurisdiction, kind=kind, in_force_at__isnull=False, retired_at__isnull=True
    ).first()


def subject_of(round: Round, kind: str, dossier: Dossier | None = None) -> Subject:
    """What a paper of that kind would be about if it were asked for now."""
    return Subject(
        kind, round, standing(round), dossier, template_in_force(round.jurisdiction, kind)
    )


def basis_of(subject: Subject) -> str:
    """The hash of everything that the words of the paper depend on."""
    jurisdiction, kind = subject.jurisdiction, subject.kind
    sealed = subject.consolidation
    day = (sealed.made_at if sealed else clock.now()).astimezone(clock.VIETNAM).date()
    parts: dict[str, Any] = {
        "wording": WORDING,
        "kind": kind,
        "round": subject.round.pk,
        "name": subject.round.name,
        "dossier": subject.dossier.pk if subject.dossier else None,
        "result": sealed.fingerprint if sealed else None,
        "house": [
            jurisdiction.kind, jurisdiction.name, jurisdiction.place, jurisdiction.council,
            jurisdiction.standing_agency.name if jurisdiction.standing_agency else "",
        ],
        "settings": settings_of(jurisdiction, kind).version,
        "bases": bases_of(jurisdiction, kind, day),
        "template": subject.template.version if subject.template else 0,
    }  # fmt: skip
    if kind in {PaperKind.MINUTES, PaperKind.REPORT, PaperKind.SUBMISSION}:
        parts["council"] = _council(subject.round)
    if kind == PaperKind.MINUTES:
        parts["dossiers"] = trail.heads(subject.round)
    if subject.dossier is not None and kind not in FROM_RESULT:
        parts["head"] = _head(subject.dossier)
    return trail.fingerprint(trail.canonical(parts))


def _council(round: Round) -> dict[str, int]:
    """The last event of each act of the council that papers tell of."""
    return dict(
        Event.objects.filter(round=round, dossier__isnull=True, action__regex=_COUNCIL_ACTS)
        .values_list("action")
        .annotate(last=Max("number"))
    )


def _head(dossier: Dossier) -> int:
    return Event.objects.filter(dossier=dossier).aggregate(last=Max("number"))["last"] or 0
