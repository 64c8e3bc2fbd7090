"""A snapshot made by hand, small and with something of everything that is sealed."""

from __future__ import annotations

from typing import Any

FINGERPRINT = "ab" * 32


def mark(points: str | None, reason: str = "", **more: Any) -> dict[str, Any]:
    return {
        "points": points, "not_applicable": points is None, "reason": reason, "by": "Đỗ Minh Tâm",
        "at": "2020-12-28T02:00:00.000000+00:00", "version": 1, **more,
    }  # fmt: skip


def leaf(code: str, maximum: str, effective: str, evidence: int = 0, kind: str = "manual",
         **marks: dict[str, Any]) -> dict[str, Any]:  # fmt: skip
    digests = [f"{place:02}{code.encode().hex()}"[:64].ljust(64, "0") for place in range(evidence)]
    return {"code": code, "maximum": maximum, "kind": kind, "effective": effective,
            "evidence": digests, "marks": marks}  # fmt: skip


def agency(code: str = "007", name: str = "Sở Nội vụ", reason: str = "Thiếu kế hoạch",
           **more: Any) -> dict[str, Any]:  # fmt: skip
    """Every stage somewhere: a leaf up to the council, one that does not apply, a survey's."""
    leaves = [
        leaf("01.10", "2", "council", 2, self=mark("2", "Đã làm"), appraisal=mark("1.5", reason),
             reappraisal=mark("1.75", reason, version=3),
             council=mark("1.8", reason, by="Lê Thị Thư", at="2021-01-15T03:30:00.000000+00:00")),
        leaf("2", "3", "appraisal", self=mark(None, "Không có"), appraisal=mark(None, "Chấp nhận")),
        leaf("3", "35", "survey", kind="survey", survey=mark("30.123456")),
        leaf("4", "1", "", 1, self=mark("0.5", "-5 điểm")),
    ]  # fmt: skip
    return {
        "code": code, "name": name, "submitted_at": "2020-12-18T09:00:00.000000+00:00",
        "appraised": "1.8", "survey": "30.123456", "survey_maximum": "35", "bonus": "0.25",
        "penalty": "0.75", "total": "31.423456", "maximum": "40",
        "index": "78.558640000000000000000001", "rank": 1, "tied": False, "grade": "Khá",
        "leaves": leaves, **more,
    }  # fmt: skip


def group(name: str, *agencies: dict[str, Any], code: str = "department") -> dict[str, Any]:
    criteria = {"name": f"Bộ tiêu chí {code}", "sha256": f"{code.encode().hex():0<64}",
                "illustrative": code == "district"}  # fmt: skip
    return {"code": code, "name": name, "criteria": criteria, "agencies": list(agencies)}


def sealed(*groups: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Two ranked groups, and one with nobody in it."""
    return {
        "form": 1,
        "round": {
            "jurisdiction": "kon-tum", "name": "Chỉ số CCHC năm 2020", "year": 2020,
            "appraisals": 2, "not_applicable_method": "scale_all", "own_agency_policy": "forbid",
            "tie_rule": "shared", "display_decimals": 2, "bonus_max": "2", "penalty_max": "1.5",
            "bands": [{"name": "Tốt", "from": "80", "inclusive": False},
                      {"name": "Khá", "from": "70", "inclusive": True},
                      {"name": "Yếu", "from": "0", "inclusive": True}],
        },
        "groups": list(groups) or [
            group("Sở, ban, ngành", agency(),
                  agency("SYT", "Sở Y tế", index="70", rank=2, tied=True, submitted_at=None)),
            group("UBND các huyện", agency("HD", "Huyện Đăk Hà", index="80"), code="district"),
            group("Xã", code="commune"),
        ],
        "trail": {"dossier-1": "d" * 64, "dossier-12": "e" * 64},
        **more,
    }  # fmt: skip
