"""Survey points that come in: the same file and the same yes as for criteria."""

from appraisal.forms.criteria import ConfirmForm, WorkbookForm

__all__ = ["ConfirmForm", "WorkbookForm"]
