"""Who may do what, until when, and why not; one module per stage of the process.

Every rule is `can_…(user, thing, at=moment) -> Verdict(allowed, reason)`; the reason is the
sentence that the person reads where the button would have been. A rule reads what it needs of the
round's windows and seats, decides, and changes nothing. `workflow` asks again under the lock.
The whole matrix role × action × state is tested in `tests/appraisal/test_rules_matrix.py`.
"""

from appraisal.rules.agency import (
    can_attach,
    can_cite,
    can_enter_self_score,
    can_explain,
    can_submit,
    can_withdraw,
    sees_appraisal,
    sees_result,
)
from appraisal.rules.council import (
    can_approve,
    can_consolidate,
    can_convene,
    can_hold_meeting,
    can_publish,
    can_reopen_team,
    can_return,
    can_rule,
    can_see_table,
)
from appraisal.rules.evidence import can_describe, can_withdraw_evidence
from appraisal.rules.papers import (
    can_issue_paper,
    can_keep_paper_settings,
    can_make_paper,
    can_read_paper,
    can_sign_paper,
    is_due,
)
from appraisal.rules.results import (
    can_compare_years,
    can_export,
    can_import_past,
    can_read_derivation,
    can_see_ranking,
)
from appraisal.rules.setup import (
    can_assign,
    can_change_seats,
    can_change_windows,
    can_copy_round,
    can_create_round,
    can_enter_survey,
    can_extend,
    can_open,
    can_prepare,
    can_see_setup,
)
from appraisal.rules.standing import (
    closes_for,
    enforce,
    roles,
    seats,
    window,
)
from appraisal.rules.team import (
    appraiser_of,
    can_appraise,
    can_ask_explanation,
    can_keep_remarks,
    can_lead,
    can_reappraise,
    can_report,
    can_send_back,
    can_use_bench,
    warns_own_agency,
)

__all__ = [
    "appraiser_of",
    "can_appraise",
    "can_approve",
    "can_ask_explanation",
    "can_assign",
    "can_attach",
    "can_change_seats",
    "can_change_windows",
    "can_cite",
    "can_compare_years",
    "can_consolidate",
    "can_convene",
    "can_copy_round",
    "can_create_round",
    "can_describe",
    "can_enter_self_score",
    "can_enter_survey",
    "can_explain",
    "can_export",
    "can_extend",
    "can_hold_meeting",
    "can_import_past",
    "can_issue_paper",
    "can_keep_paper_settings",
    "can_keep_remarks",
    "can_lead",
    "can_make_paper",
    "can_open",
    "can_prepare",
    "can_publish",
    "can_read_derivation",
    "can_read_paper",
    "can_reappraise",
    "can_reopen_team",
    "can_report",
    "can_return",
    "can_rule",
    "can_see_ranking",
    "can_see_setup",
    "can_see_table",
    "can_send_back",
    "can_sign_paper",
    "can_submit",
    "can_use_bench",
    "can_withdraw",
    "can_withdraw_evidence",
    "closes_for",
    "enforce",
    "is_due",
    "roles",
    "seats",
    "sees_appraisal",
    "sees_result",
    "warns_own_agency",
    "window",
]
