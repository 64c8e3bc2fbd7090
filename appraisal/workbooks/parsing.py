"""The way in for an uploaded workbook: everything that touches its bytes runs in a child process.

The web process asks an `import_…` function and gets dataclasses; the child runs a `parse_file`
(that of a workbook filled off line imports little, as it comes back often) and answers JSON, which
is also what the preview keeps until a person confirms.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from appraisal.files import child
from appraisal.workbooks import appraisals, corrections, self_scores
from appraisal.workbooks.appraisals import AppraisalSheet, RowSpec
from appraisal.workbooks.corrections import CorrectionSheet
from appraisal.workbooks.criteria import CriteriaSheet, parse_criteria
from appraisal.workbooks.past import Known, PastSheet, parse_past
from appraisal.workbooks.reading import read_table
from appraisal.workbooks.self_scores import LeafSpec, SelfScoreSheet
from appraisal.workbooks.survey import SurveySheet, parse_survey

CRITERIA = "criteria"
SURVEY = "survey"
PAST = "past"
SECONDS = 10
MEGABYTES = 300


def import_criteria(path: Path | str, name: str, agencies: Mapping[str, str]) -> CriteriaSheet:
    """The criteria in the workbook at `path`, named `name` by its sender.

    `agencies` maps the codes of the agencies that may appraise to their names. Raises Refused.
    """
    context = {"name": name, "agencies": dict(agencies)}
    return CriteriaSheet.from_json(_in_child(path, name, CRITERIA, context))


def import_survey(
    path: Path | str, name: str, agencies: Mapping[str, str], leaves: Mapping[str, Decimal]
) -> SurveySheet:
    """The survey points in the workbook at `path`, named `name` by its sender.

    `agencies` maps the codes of the group to names, `leaves` the survey leaves to their maxima.
    Raises Refused.
    """
    context = {
        "name": name,
        "agencies": dict(agencies),
        "leaves": {leaf: str(maximum) for leaf, maximum in leaves.items()},
    }
    return SurveySheet.from_json(_in_child(path, name, SURVEY, context))


def import_self_scores(
    path: Path | str, name: str, owner: str, leaves: Sequence[LeafSpec]
) -> SelfScoreSheet:
    """What the self-score workbook at `path` says of the leaves of its `owner` (the digest that
    ties it to a dossier). Raises Refused."""
    context = {"name": name, "owner": owner, "leaves": [leaf.to_json() for leaf in leaves]}
    answer = _run(f"{self_scores.__name__}:parse_file", str(path), context, name=name)
    return SelfScoreSheet.from_json(answer)


def import_appraisals(
    path: Path | str, name: str, owner: str, stage: str, rows: Sequence[RowSpec]
) -> AppraisalSheet:
    """What the appraiser's workbook at `path` says of the rows of its `owner`. Raises Refused."""
    context = {
        "name": name, "owner": owner, "stage": stage, "rows": [row.to_json() for row in rows],
    }  # fmt: skip
    answer = _run(f"{appraisals.__name__}:parse_file", str(path), context, name=name)
    return AppraisalSheet.from_json(answer)


def import_corrections(path: Path | str, name: str, known: corrections.Known) -> CorrectionSheet:
    """The corrections in the workbook or CSV at `path`. Raises Refused."""
    context = {"name": name, "known": known.to_json()}
    answer = _run(f"{corrections.__name__}:parse_file", str(path), context, name=name)
    return CorrectionSheet.from_json(answer)


def import_past(path: Path | str, name: str, known: Known) -> PastSheet:
    """The published table in the workbook at `path`. Raises Refused."""
    context = {"name": name, "known": known.to_json()}
    return PastSheet.from_json(_in_child(path, name, PAST, context))


def parse_file(path: str, kind: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """What the child runs: JSON in, JSON out. Raises Refused."""
    name = context["name"]
    table = read_table(path, name)
    if kind == CRITERIA:
        return parse_criteria(table, context["agencies"], name).to_json()
    if kind == PAST:
        return parse_past(table, Known(**context["known"]), name).to_json()
    leaves = {leaf: Decimal(maximum) for leaf, maximum in context["leaves"].items()}
    return parse_survey(table, context["agencies"], leaves, name).to_json()


def _in_child(path: Path | str, name: str, kind: str, context: Mapping[str, Any]) -> dict[str, Any]:
    return _run(f"{__name__}:{parse_file.__name__}", str(path), kind, context, name=name)


def _run(target: str, *args: object, name: str) -> dict[str, Any]:
    answer = child.run(target, *args, seconds=SECONDS, megabytes=MEGABYTES, name=name)
    return cast(dict[str, Any], answer)
