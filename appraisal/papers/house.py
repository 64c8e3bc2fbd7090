"""Head and foot of a paper from the province's settings; the usual ones where it has set none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, cast

from django.conf import settings
from django.urls import reverse

from agencies.models import Agency, Jurisdiction
from appraisal.documents import words
from appraisal.models import LegalBasis, PaperSettings
from appraisal.models.papers import Issuer, PaperKind, SigningMode

USUAL: Final[dict[str, dict[str, Any]]] = {
    PaperKind.DECISION: {
        "issuer": Issuer.CHAIRMAN, "symbol": "QĐ-UBND", "head_title": "Chủ tịch",
    },
    PaperKind.SUBMISSION: {
        "issuer": Issuer.STANDING_AGENCY, "symbol": "TTr-SNV", "head_title": "Giám đốc",
    },
    PaperKind.REPORT: {
        "issuer": Issuer.STANDING_AGENCY, "symbol": "BC-SNV", "head_title": "Giám đốc",
    },
    PaperKind.MINUTES: {
        "issuer": Issuer.COUNCIL, "symbol": "BB-HĐ", "head_title": "Chủ trì",
    },
    PaperKind.SCORE_SHEET: {
        "issuer": Issuer.COUNCIL, "symbol": "BĐ-HĐ", "head_title": "Thư ký Hội đồng",
    },
    PaperKind.SELF_REPORT: {
        "issuer": Issuer.AGENCY, "symbol": "BC", "head_title": "Thủ trưởng cơ quan",
    },
    PaperKind.LETTERS: {
        "issuer": Issuer.STANDING_AGENCY, "symbol": "SNV-CCHC", "head_title": "Giám đốc",
    },
    PaperKind.DERIVATION: {
        "issuer": Issuer.COUNCIL, "symbol": "PL-HĐ", "head_title": "Thư ký Hội đồng",
    },
}  # fmt: skip
"""What a paper carries until the province says otherwise (domain reference §8)."""


CITING: Final = frozenset(
    {PaperKind.DECISION, PaperKind.SUBMISSION, PaperKind.REPORT, PaperKind.SELF_REPORT}
)
"""The kinds of papers that begin with the texts that they rest on."""


def settings_of(jurisdiction: Jurisdiction, kind: str) -> PaperSettings:
    """The province's settings of a kind of paper, or the usual ones, unsaved and of version 0."""
    stored = jurisdiction.paper_settings.filter(kind=kind).first()
    return stored or _usual(jurisdiction, kind)


def all_settings(jurisdiction: Jurisdiction) -> dict[str, PaperSettings]:
    """The settings of every kind, as `settings_of` has them: one query."""
    stored = {item.kind: item for item in jurisdiction.paper_settings.all()}
    return {kind: stored.get(kind) or _usual(jurisdiction, kind) for kind in PaperKind}


def _usual(jurisdiction: Jurisdiction, kind: str) -> PaperSettings:
    return PaperSettings(
        jurisdiction=jurisdiction,
        kind=kind,
        version=0,
        **{**USUAL[kind], "mode": SigningMode.IN_PERSON},
    )


def cited(known: Iterable[LegalBasis], kind: str, day: date) -> tuple[str, ...]:
    """Which of the province's bases a paper of that kind cites on that day, in their order."""
    if kind not in CITING:
        return ()
    return tuple(
        words.basis(item.text)
        for item in known
        if (item.issued_on is None or item.issued_on <= day)
        and (item.replaced_on is None or item.replaced_on > day)
        and (not item.kinds or kind in item.kinds)
    )


def bases_of(jurisdiction: Jurisdiction, kind: str, day: date) -> tuple[str, ...]:
    """The bases that a paper of that kind cites on that day, in their order."""
    return cited(LegalBasis.objects.filter(jurisdiction=jurisdiction), kind, day)


def house_of(
    jurisdiction: Jurisdiction, kind: str, day: date, agency: Agency | None = None
) -> words.House:
    """The head and foot of a paper of that kind on that day.

    `agency` is the assessed agency where the paper is issued by it.
    """
    bases = bases_of(jurisdiction, kind, day)
    return house_from(settings_of(jurisdiction, kind), bases, agency)


def house_from(
    chosen: PaperSettings, bases: tuple[str, ...], agency: Agency | None = None
) -> words.House:
    """The head and foot as these settings have them, saved or not; no query."""
    jurisdiction = chosen.jurisdiction
    superior, issuer, body = _names(jurisdiction, chosen.issuer, agency)
    symbol = chosen.symbol
    if chosen.issuer == Issuer.AGENCY and agency is not None:
        symbol = f"{symbol}-{agency.code}" if symbol else agency.code
    return words.House(
        superior=superior,
        issuer=issuer,
        place=jurisdiction.place,
        symbol=symbol,
        signing=words.Signing(
            head_title=chosen.head_title,
            mode=cast(words.SignMode, chosen.mode),
            body=body if chosen.on_behalf else "",
            signer_title=chosen.signer_title,
            name=chosen.signer_name,
        ),
        recipients=tuple(
            line.strip().lstrip("-").strip()
            for line in chosen.recipients.splitlines()
            if line.strip()
        ),
        bases=bases,
    )


def _names(
    jurisdiction: Jurisdiction, issuer: str, agency: Agency | None
) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """The regular lines, the bold lines, and the name after "TM."."""
    committee = ("Ủy ban nhân dân", f"{jurisdiction.kind} {jurisdiction.name}")
    whole = (" ".join(committee),)
    if issuer in {Issuer.COMMITTEE, Issuer.CHAIRMAN}:
        return (), committee, committee[0]
    if issuer == Issuer.COUNCIL:
        return whole, (jurisdiction.council,), "Hội đồng"
    if issuer == Issuer.AGENCY and agency is not None:
        return whole, (agency.name,), agency.name
    name = jurisdiction.standing_agency.name if jurisdiction.standing_agency else "Sở Nội vụ"
    return whole, (name,), name


def issuer_of(jurisdiction: Jurisdiction, kind: str) -> str:
    """Who decides, as the authority line says: the committee, or its chairman."""
    committee = f"Ủy ban nhân dân {jurisdiction.kind} {jurisdiction.name}"
    chosen = settings_of(jurisdiction, kind)
    return f"Chủ tịch {committee}" if chosen.issuer == Issuer.CHAIRMAN else committee


def verify_address(fingerprint: str) -> str:
    """Where anybody may look a fingerprint up; the QR code of a paper holds it."""
    return settings.SITE_ORIGIN + reverse("appraisal:verify-show", args=[fingerprint])
