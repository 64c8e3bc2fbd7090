"""A province before its first round: the register, eight people, and the papers they bring along.

The round of the whole story is made in the browser; the second agency, which only has to be there
to be ranked, works through `workflow` between the scenes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from io import BytesIO

from openpyxl import load_workbook

from agencies.models import Agency, AgencyGroup, Capacity, Jurisdiction, User
from appraisal import clock
from appraisal.models import Criterion, Dossier, Round
from appraisal.workbooks.criteria import CriterionRow
from appraisal.workbooks.criteria_out import write_criteria
from appraisal.workbooks.survey_out import write_survey_template
from appraisal.workflow import appraisal, self_assessment
from appraisal.workflow.acting import MarkInput
from tests.cast import APPRAISAL, PASSWORD, SELF_ASSESSMENT, moment

# code, parent, maximum, kind, parameters, depth
CRITERIA = (
    ("1", None, "60", "group", {}, 1),
    ("1.1", "1", "20", "boolean", {"yes": 20, "no": 0}, 2),
    ("1.2", "1", "40", "manual", {}, 2),
    ("2", None, "40", "group", {}, 1),
    ("2.1", "2", "10", "manual", {}, 2),
    ("2.2", "2", "30", "survey", {"self_scored": False}, 2),
    ("T", None, "2", "bonus", {}, 1),
)
SURVEY = {"SYT": Decimal(25), "STP": Decimal(27)}


@dataclass
class Province:
    """Who and what there is before anybody opens a round."""

    group: AgencyGroup
    agencies: dict[str, Agency]
    people: dict[str, User]

    def __getitem__(self, key: str) -> User:
        return self.people[key]


def build() -> Province:
    jurisdiction = Jurisdiction.objects.create(
        code="kon-tum",
        name="Kon Tum",
        place="Kon Tum",
        committee="Ủy ban nhân dân tỉnh Kon Tum",
        council="Hội đồng đánh giá cải cách hành chính tỉnh Kon Tum",
    )
    group = AgencyGroup.objects.create(
        jurisdiction=jurisdiction, code="department", name="Sở, ban, ngành", position=1
    )
    agencies = {
        code: Agency.objects.create(
            jurisdiction=jurisdiction, group=group, code=code, name=name,
            valid_from=date(2015, 1, 1),
        )
        for code, name in (("SNV", "Sở Nội vụ"), ("SYT", "Sở Y tế"), ("STP", "Sở Tư pháp"))
    }  # fmt: skip
    jurisdiction.standing_agency = agencies["SNV"]
    jurisdiction.save()

    def person(key: str, name: str, agency: str, **fields: object) -> User:
        return User.objects.create_user(
            f"{key.replace('_', '-')}@kontum.example.vn", PASSWORD, full_name=name,
            jurisdiction=jurisdiction, agency=agencies[agency], **fields,
        )  # fmt: skip

    people = {
        "secretary": person("secretary", "Lê Thị Minh Thư", "SNV", is_secretariat=True),
        "lead": person("lead", "Phạm Quang Trường", "SNV"),
        "member": person("member", "Đỗ Minh Tâm", "SNV"),
        "officer": person("officer", "Y Blin", "SYT", capacity=Capacity.OFFICER),
        "head": person("head", "Nguyễn Thị Vân", "SYT", capacity=Capacity.HEAD),
        "chair": person("chair", "Y Ngọc Sâm", "SNV"),
        "vice_chair": person("vice_chair", "Đỗ Thanh Bình", "SNV"),
        "auditor": person("auditor", "Vũ Thị Giang", "SNV"),
        "other_officer": person("other_officer", "A Thui", "STP", capacity=Capacity.OFFICER),
        "other_head": person("other_head", "Trần Văn Hùng", "STP", capacity=Capacity.HEAD),
    }
    return Province(group, agencies, people)


def criteria_workbook() -> bytes:
    """Seven rows, five of them leaves, as a secretary would have them on disk."""
    parents = {row[1] for row in CRITERIA}
    rows = [
        CriterionRow(
            code=code, parent_code=parent, title=f"Nội dung {code} của công tác cải cách",
            max_points=Decimal(maximum), kind=kind, params=params,
            rule_text="", evidence=("Báo cáo",) if code not in parents else (),
            appraiser_code="SNV", na_allowed=False, note="", depth=depth, position=position,
            is_leaf=code not in parents, outside_total=kind == "bonus", cell="",
        )
        for position, (code, parent, maximum, kind, params, depth) in enumerate(CRITERIA, start=1)
    ]  # fmt: skip
    survey = next(row for row in rows if row.kind == "survey")
    rows[rows.index(survey)] = replace(survey, appraiser_code=None, evidence=())
    return write_criteria(rows, "Bộ tiêu chí minh họa")


def survey_workbook(province: Province) -> bytes:
    """The template of the round, filled in."""
    names = {code: province.agencies[code].name for code in sorted(SURVEY)}
    workbook = load_workbook(BytesIO(write_survey_template(names, {"2.2": Decimal(30)})))
    sheet = workbook.active
    assert sheet is not None
    for row in sheet.iter_rows(min_row=3):
        row[2].value = float(SURVEY[str(row[0].value)])
    written = BytesIO()
    workbook.save(written)
    return written.getvalue()


def second_agency_works(province: Province, round: Round) -> None:
    """Sở Tư pháp scores itself, submits, and is appraised as it says: 20 + 40 + 9."""
    dossier = Dossier.objects.get(round=round, agency=province.agencies["STP"])
    leaves = {
        item.code: item for item in Criterion.objects.filter(criteria_set__round=round)
    }  # fmt: skip
    points = {"1.1": "20", "1.2": "40", "2.1": "9", "T": "0"}
    with clock.stopped_at(moment(SELF_ASSESSMENT)):
        for code, value in points.items():
            self_assessment.save_self_score(
                province["other_officer"], dossier, leaves[code],
                MarkInput(Decimal(value), reason="Theo báo cáo năm."), version=0,
            )  # fmt: skip
        self_assessment.submit(province["other_head"], dossier)
    with clock.stopped_at(moment(APPRAISAL)):
        for code, value in points.items():
            appraisal.save_appraisal(
                province["member"], dossier, leaves[code], MarkInput(Decimal(value)), version=0
            )
