"""The self-assessment report of one agency, from its own marks alone."""

from __future__ import annotations

from dataclasses import replace

from appraisal.documents.official import Official
from appraisal.documents.self_report import SelfReportFacts, head_signing, self_report
from appraisal.documents.sheet import Document, Sheet
from appraisal.documents.words import House
from appraisal.models import Dossier
from appraisal.papers.basis import Subject, day_of
from appraisal.papers.house import USUAL, house_of
from appraisal.papers.sheets import live, sheet_of
from appraisal.queries import reporting
from appraisal.states import DossierState, Stage

COMMITTEE = "Ủy ban nhân dân"


def build(subject: Subject) -> tuple[Official, ...]:
    dossier, jurisdiction = subject.dossier, subject.jurisdiction
    assert dossier is not None
    # What the agency says of itself does not change with what others say later.
    given = live(subject, dossier, frozenset({Stage.SELF}))
    sheet = sheet_of(subject, given, supplements=False)
    standing = jurisdiction.standing_agency
    return (
        self_report(
            SelfReportFacts(
                province=jurisdiction.name,
                year=subject.round.year,
                agency=dossier.agency.name,
                code=dossier.agency.code,
                group=given.group.name,
                set_name=given.group.set_name,
                council=jurisdiction.council,
                standing_agency=standing.name if standing else "Sở Nội vụ",
                decimals=given.found.settings.display_places,
                is_submitted=dossier.state == DossierState.SUBMITTED,
                submitted_at=given.submitted_at,
                sheet=sheet,
                documents=_documents(sheet),
                house=_house(subject, dossier),
                created=given.created,
                illustrative=given.group.is_illustrative,
            )
        ),
    )


def _documents(sheet: Sheet) -> tuple[Document, ...]:
    """Each document once, in the order of its first leaf, with all leaves that cite it."""
    codes: dict[Document, list[str]] = {}
    for leaf in sheet.leaves:
        for item in leaf.documents:
            codes.setdefault(replace(item, pages="", is_supplementary=False), []).append(leaf.code)
    return tuple(replace(item, codes=tuple(cited)) for item, cited in codes.items())


def _house(subject: Subject, dossier: Dossier) -> House:
    """The agency's own head and foot; its head signs unless the province named somebody."""
    agency = dossier.agency
    house = house_of(subject.jurisdiction, subject.kind, day_of(subject), agency)
    if agency.name.startswith(f"{COMMITTEE} "):
        # A people's committee has nobody above it in the head of its papers (Decree 30/2020).
        house = replace(
            house, superior=(), issuer=(COMMITTEE, agency.name.removeprefix(f"{COMMITTEE} "))
        )
        if house.signing.head_title == USUAL[subject.kind]["head_title"]:
            house = replace(house, signing=replace(house.signing, body=COMMITTEE))
    if house.signing.name or house.signing.head_title != USUAL[subject.kind]["head_title"]:
        return house
    signer = dossier.submitted_by or reporting.head_of(agency)
    if signer is None:
        return house
    return replace(house, signing=head_signing(house.signing, signer.position, signer.full_name))
