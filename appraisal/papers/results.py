"""The results that several papers rest on, read from the sealed snapshot alone.

The live tables are not asked, so a paper can never differ from what was consolidated.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from appraisal import clock
from appraisal.documents.decision import AgencyResult, GroupResult, ResultFacts
from appraisal.models import Consolidation
from appraisal.papers.house import verify_address


def snapshot_of(consolidation: Consolidation) -> dict[str, Any]:
    sealed: dict[str, Any] = json.loads(consolidation.snapshot)
    return sealed


def results_of(consolidation: Consolidation, sealed: dict[str, Any]) -> ResultFacts:
    """The ranked results of a consolidation, unrounded, group by group."""
    jurisdiction = consolidation.round.jurisdiction
    standing = jurisdiction.standing_agency
    return ResultFacts(
        province=jurisdiction.name,
        kind=jurisdiction.kind,
        standing_agency=standing.name if standing else "Sở Nội vụ",
        year=sealed["round"]["year"],
        groups=groups_of(sealed),
        sealed_at=consolidation.made_at.astimezone(clock.VIETNAM),
        fingerprint=consolidation.fingerprint,
        verify_address=verify_address(consolidation.fingerprint),
        decimals=sealed["round"]["display_decimals"],
        illustrative=any(group["criteria"]["illustrative"] for group in sealed["groups"]),
    )


def groups_of(sealed: dict[str, Any]) -> tuple[GroupResult, ...]:
    """The ranked groups of a snapshot."""
    return tuple(_group(group) for group in sealed["groups"])


def _group(group: dict[str, Any]) -> GroupResult:
    return GroupResult(
        name=group["name"],
        results=tuple(
            AgencyResult(
                agency=agency["name"],
                appraised=Decimal(agency["appraised"]),
                survey=(Decimal(agency["survey"]) if Decimal(agency["survey_maximum"]) else None),
                bonus_penalty=Decimal(agency["bonus"]) - Decimal(agency["penalty"]),
                total=Decimal(agency["total"]),
                index=Decimal(agency["index"]),
                rank=agency["rank"],
                grade=agency["grade"],
            )
            for agency in group["agencies"]
        ),
    )
