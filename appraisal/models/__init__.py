"""What is kept of a round; one module per noun. Nothing here decides or counts."""

from appraisal.models.council import Attendance, Meeting, MemberReport, Ruling
from appraisal.models.criteria import Assignment, CriteriaSet, Criterion
from appraisal.models.dossier import Dossier
from appraisal.models.event import Event, StateChange
from appraisal.models.evidence import Citation, Evidence
from appraisal.models.explanation import CannedRemark, Explanation, ExplanationRequest
from appraisal.models.imports import WorkbookImport
from appraisal.models.mark import Mark, MarkChange
from appraisal.models.papers import (
    Issue,
    LegalBasis,
    Paper,
    PaperFile,
    PaperSettings,
    PaperTemplate,
)
from appraisal.models.past import PastResult
from appraisal.models.result import Consolidation, Decision, Result
from appraisal.models.round import Authorization, Extension, GradeBand, Round, Seat, Window

__all__ = [
    "Assignment",
    "Attendance",
    "Authorization",
    "CannedRemark",
    "Citation",
    "Consolidation",
    "CriteriaSet",
    "Criterion",
    "Decision",
    "Dossier",
    "Event",
    "Evidence",
    "Explanation",
    "ExplanationRequest",
    "Extension",
    "GradeBand",
    "Issue",
    "LegalBasis",
    "Mark",
    "MarkChange",
    "Meeting",
    "MemberReport",
    "Paper",
    "PaperFile",
    "PaperSettings",
    "PaperTemplate",
    "PastResult",
    "Result",
    "Round",
    "Ruling",
    "Seat",
    "StateChange",
    "Window",
    "WorkbookImport",
]
