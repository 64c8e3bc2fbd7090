"""What happens when somebody has a paper made, or changes what the province's papers look like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Jurisdiction, User
from agencies.verdict import Refusal
from appraisal import clock, tasks, trail
from appraisal.models import Dossier, LegalBasis, Paper, PaperSettings, Round
from appraisal.models.papers import (
    DOSSIER_KINDS,
    Issuer,
    PaperKind,
    PaperState,
    SigningMode,
)
from appraisal.papers.basis import FROM_RESULT, Standing
from appraisal.papers.house import settings_of
from appraisal.rules import can_keep_paper_settings, can_make_paper, enforce
from appraisal.workflow.acting import Conflict, Invalid, hold_round

FOR_ANOTHER: Final = frozenset({SigningMode.DEPUTY, SigningMode.AUTHORISED, SigningMode.BY_ORDER})
"""The ways of signing in which the signer's own office stands below that of the head."""
COLLECTIVE: Final = frozenset({Issuer.COMMITTEE, Issuer.COUNCIL, Issuer.AGENCY})
"""Who may decide together, so that one signs for all ("TM."); an agency may be a committee."""


@transaction.atomic
def ask_for_paper(
    actor: User, round: Round, kind: str = PaperKind.DECISION, dossier: Dossier | None = None
) -> Paper:
    """Have a paper made of what stands now; asked for again, the same one answers.

    The row is the truth; the queue is told after the commit, and a sweeper finds what it lost.
    A failed paper is tried anew.
    """
    held, at = hold_round(round.pk, actor)
    about = None
    if dossier is not None:
        # Nobody changes a dossier while its round is held.
        about = Dossier.objects.select_related("agency", "submitted_by").get(
            pk=dossier.pk, round=held
        )
        about.round = held
    enforce(can_make_paper(actor, held, kind, about, at=at))
    return _ask(actor, Standing(held), kind, about, at)


@transaction.atomic
def ask_for_submission(actor: User, round: Round) -> list[Paper]:
    """Have every paper about the whole round made that is due now; nothing else is different.

    Raises Refusal where none is, with the reason of the last.
    """
    held, at = hold_round(round.pk, actor)
    verdicts = {
        kind: can_make_paper(actor, held, kind, at=at)
        for kind in PaperKind
        if kind not in DOSSIER_KINDS
    }
    if not any(verdicts.values()):
        enforce(verdicts.popitem()[1])
    now = Standing(held)
    return [_ask(actor, now, kind, None, at) for kind, verdict in verdicts.items() if verdict]


def _ask(actor: User, now: Standing, kind: str, dossier: Dossier | None, at: datetime) -> Paper:
    """The paper of what stands now, new or not; the round is held and the rule was asked."""
    subject = now.subject(kind, dossier)
    if kind in FROM_RESULT and subject.consolidation is None:
        raise Refusal(_("Chưa có kết quả tổng hợp."))
    paper, fresh = Paper.objects.select_for_update().get_or_create(
        basis=now.basis(subject),
        defaults={
            "round": now.round, "consolidation": subject.consolidation, "dossier": dossier,
            "kind": kind, "template": subject.template, "asked_by": actor, "asked_at": at,
        },
    )  # fmt: skip
    if paper.state == PaperState.FAILED:
        paper.state, paper.progress, paper.error = PaperState.QUEUED, 0, ""
        paper.asked_by, paper.asked_at = actor, at
        paper.save()
        fresh = True
    if fresh:
        title = trail.official(PaperKind(kind).label)
        of = f" của {dossier.agency.name}" if dossier else ""
        trail.record(
            now.round, actor, "paper.asked", f"Yêu cầu lập văn bản: {title}{of}", at=at,
            data={
                "kind": kind,
                "consolidation": subject.consolidation.number if subject.consolidation else None,
                "dossier": dossier.pk if dossier else None,
            },
        )  # fmt: skip
        transaction.on_commit(partial(tasks.hurry, paper.pk), robust=True)
    return paper


@dataclass(frozen=True)
class SettingsInput:
    """What the office chooses for one kind of paper; the names are the model's."""

    issuer: str
    symbol: str
    on_behalf: bool
    mode: str
    head_title: str
    signer_title: str
    signer_name: str
    recipients: str


@transaction.atomic
def save_paper_settings(
    actor: User, kind: str, given: SettingsInput, *, version: int
) -> PaperSettings:
    """Keep what a kind of paper looks like; papers made before are out of date from here.

    Raises Refusal, Invalid (what Decree 30/2020 does not know), Conflict (somebody else saved).
    """
    enforce(can_keep_paper_settings(actor))
    jurisdiction = _hold_jurisdiction(actor)
    _check(kind, given)
    chosen = settings_of(jurisdiction, kind)
    if chosen.version != version:
        raise Conflict(None)
    names = tuple(SettingsInput.__dataclass_fields__)
    before = {name: getattr(chosen, name) for name in names}
    changed = {
        name: [str(before[name]), str(getattr(given, name))]
        for name in names
        if before[name] != getattr(given, name)
    }
    if not changed:
        return chosen
    for name in names:
        setattr(chosen, name, getattr(given, name))
    chosen.version += 1
    chosen.changed_by, chosen.changed_at = actor, clock.read()
    chosen.save()
    _remember(
        jurisdiction, actor, "papers.settings",
        f"Đổi thiết lập văn bản: {trail.official(PaperKind(kind).label)}", changed,
    )  # fmt: skip
    return chosen


def _check(kind: str, given: SettingsInput) -> None:
    wrong = {}
    if given.mode in FOR_ANOTHER and not given.signer_title:
        wrong["signer_title"] = _("Ký thay, thừa ủy quyền, thừa lệnh cần chức vụ người ký.")
    if given.on_behalf and given.issuer not in COLLECTIVE:
        wrong["on_behalf"] = _("Chỉ ghi “TM.” khi ban hành nhân danh một tập thể.")
    if given.issuer == Issuer.AGENCY and kind not in DOSSIER_KINDS:
        wrong["issuer"] = _("Văn bản này nói về cả đợt nên không do một cơ quan ban hành.")
    if wrong:
        raise Invalid(**wrong)


@dataclass(frozen=True)
class LetterheadInput:
    """The names of the province as its papers print them; the names are the model's."""

    kind: str
    name: str
    place: str
    council: str


@transaction.atomic
def save_letterhead(actor: User, given: LetterheadInput, *, seen: str) -> Jurisdiction:
    """Change the names on every paper of the province; papers made before are out of date.

    `seen` is `letterhead_state` of the names that were shown. Raises Refusal, Conflict.
    """
    enforce(can_keep_paper_settings(actor))
    jurisdiction = _hold_jurisdiction(actor)
    if letterhead_state(jurisdiction) != seen:
        raise Conflict(None)
    names = tuple(LetterheadInput.__dataclass_fields__)
    changed = {
        name: [getattr(jurisdiction, name), getattr(given, name)]
        for name in names
        if getattr(jurisdiction, name) != getattr(given, name)
    }
    if not changed:
        return jurisdiction
    for name in names:
        setattr(jurisdiction, name, getattr(given, name))
    jurisdiction.committee = f"Ủy ban nhân dân {given.kind} {given.name}"
    jurisdiction.save()
    _remember(jurisdiction, actor, "papers.letterhead", "Đổi tên gọi trên văn bản", changed)
    return jurisdiction


def letterhead_state(jurisdiction: Jurisdiction) -> str:
    """A hash of the stored names: the form carries it, so that two editors cannot pass unseen."""
    names = [getattr(jurisdiction, name) for name in LetterheadInput.__dataclass_fields__]
    return trail.fingerprint(trail.canonical(names))[:16]


@dataclass(frozen=True)
class BasisInput:
    """One basis as the office keeps it, in its place."""

    text: str
    issued_on: date | None = None
    replaced_on: date | None = None
    kinds: Sequence[str] = ()


@transaction.atomic
def save_bases(actor: User, given: Sequence[BasisInput], *, seen: str) -> None:
    """Keep the list of bases in this order. `seen` is `bases_state` of the list that was shown.

    Raises Refusal, Invalid, Conflict (somebody else saved).
    """
    enforce(can_keep_paper_settings(actor))
    jurisdiction = _hold_jurisdiction(actor)
    if bases_state(jurisdiction) != seen:
        raise Conflict(None)
    for place, item in enumerate(given):
        if item.issued_on and item.replaced_on and item.replaced_on <= item.issued_on:
            raise Invalid(
                **{f"replaced_on_{place}": _("Ngày thôi viện dẫn phải sau ngày văn bản.")}
            )
    before = _kept(jurisdiction)
    jurisdiction.legal_bases.all().delete()
    LegalBasis.objects.bulk_create(
        LegalBasis(
            jurisdiction=jurisdiction, position=place, text=item.text, issued_on=item.issued_on,
            replaced_on=item.replaced_on, kinds=list(item.kinds),
        )
        for place, item in enumerate(given)
    )  # fmt: skip
    _remember(
        jurisdiction, actor, "papers.bases", "Đổi danh mục căn cứ ban hành văn bản",
        {"before": before, "after": _kept(jurisdiction)},
    )  # fmt: skip


def bases_state(jurisdiction: Jurisdiction) -> str:
    """A hash of the stored list: the form carries it, so that two editors cannot pass unseen."""
    return trail.fingerprint(trail.canonical(_kept(jurisdiction)))[:16]


def _kept(jurisdiction: Jurisdiction) -> list[Any]:
    """The stored bases in their order, as the trail keeps them."""
    rows = jurisdiction.legal_bases.values_list("text", "issued_on", "replaced_on", "kinds")
    return [list(row) for row in rows]


def _hold_jurisdiction(actor: User) -> Jurisdiction:
    return Jurisdiction.objects.select_for_update().get(pk=actor.jurisdiction_id)


def _remember(
    jurisdiction: Jurisdiction, actor: User, action: str, sentence: str, data: dict[str, Any]
) -> None:
    trail.record_account(jurisdiction, actor, action, sentence, data)
