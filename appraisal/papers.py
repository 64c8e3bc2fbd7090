"""What each paper is made from: from a sealed snapshot to the facts that `documents` words.

The snapshot alone gives the figures; the live tables are not asked, so a paper can never differ
from what was consolidated. Names and authority of the signature come from the round.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from appraisal.documents import content
from appraisal.models import Consolidation
from appraisal.models.round import SigningForm
from appraisal.workbooks.results import results_csv


def decision_of(consolidation: Consolidation) -> content.Decision:
    """The decision draft that approves the results of this consolidation."""
    round = consolidation.round
    jurisdiction = round.jurisdiction
    sealed: dict[str, Any] = json.loads(consolidation.snapshot)
    groups = sealed["groups"]
    return content.decision(
        content.DecisionFacts(
            province=jurisdiction.name,
            place=jurisdiction.place,
            year=sealed["round"]["year"],
            groups=tuple(_group(group) for group in groups),
            bases=tuple(_basis(line) for line in round.legal_bases.splitlines() if line.strip()),
            signing=content.Signing(
                form="committee" if round.signing_form == SigningForm.COMMITTEE else "chairman",
                deputy=round.signed_by_deputy,
                name=round.signer_name,
            ),
            sealed_at=consolidation.made_at,
            fingerprint=consolidation.fingerprint,
            decimals=sealed["round"]["display_decimals"],
            illustrative=any(group["criteria"]["illustrative"] for group in groups),
        )
    )


def _basis(line: str) -> str:
    """A basis with the word that Decree 30/2020 opens it with, unless it was typed."""
    text = line.strip()
    if text.startswith(("Căn cứ", "Theo ", "Xét ", "Thực hiện ")):
        return text
    return f"Căn cứ {text}"


def _group(group: dict[str, Any]) -> content.GroupResult:
    return content.GroupResult(
        name=group["name"],
        results=tuple(
            content.AgencyResult(
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


def results_csv_of(consolidation: Consolidation) -> bytes:
    """The ranked result of a consolidation as CSV, every figure unrounded."""
    sealed: dict[str, Any] = json.loads(consolidation.snapshot)
    columns = (
        _("Nhóm"), _("Mã cơ quan"), _("Cơ quan"), _("Điểm thẩm định"),
        _("Điểm điều tra xã hội học"), _("Điểm thưởng"), _("Điểm trừ"), _("Tổng điểm"),
        _("Điểm tối đa"), _("Chỉ số (%)"), _("Xếp hạng"), _("Đồng hạng"), _("Xếp loại"),
    )  # fmt: skip
    figures = ("appraised", "survey", "bonus", "penalty", "total", "maximum", "index")
    rows = [
        (
            group["name"],
            agency["code"],
            agency["name"],
            *(Decimal(agency[figure]) for figure in figures),
            agency["rank"],
            agency["tied"],
            agency["grade"],
        )
        for group in sealed["groups"]
        for agency in group["agencies"]
    ]
    return results_csv(rows, columns)
