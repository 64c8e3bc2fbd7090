"""How points, indexes, ranks and grades are counted: Decimal in, Decimal out.

Lives here: what a rule proposes (`proposals`), totals and the index (`totals`), ranks and grades
(`ranking`), numbers as people type and read them (`numbers`), and every sentence these say
(`words`). Does not live here: the database, who may give points, and anything of Django.

Rounding happens in two places only: a proposed quotient is cut to `POINT_PLACES` once, and `show`
rounds for the eye. Sums, thresholds, ranks and grades work on unrounded values.
"""

from appraisal.scoring.numbers import (
    POINT_PLACES,
    TYPED_PLACES,
    BadNumber,
    BadValue,
    parse_count,
    parse_number,
    parse_points,
    show,
    show_ratio,
)
from appraisal.scoring.proposals import (
    KINDS,
    BadRule,
    Choice,
    Input,
    Proposal,
    Rule,
    check_params,
    inputs,
    kind_of,
    parse_declared,
    propose,
    settle,
    survey_points,
)
from appraisal.scoring.ranking import (
    Band,
    Entry,
    Rank,
    check_bands,
    distance_to_next,
    grade,
    mean,
    next_band,
    rank,
)
from appraisal.scoring.totals import (
    FieldTotal,
    Leaf,
    PartTotal,
    Score,
    Settings,
    Step,
    Total,
    component_index,
    part_of,
    total,
)
from appraisal.scoring.words import KIND_LABELS

__all__ = [
    "KINDS",
    "KIND_LABELS",
    "POINT_PLACES",
    "TYPED_PLACES",
    "BadNumber",
    "BadRule",
    "BadValue",
    "Band",
    "Choice",
    "Entry",
    "FieldTotal",
    "Input",
    "Leaf",
    "PartTotal",
    "Proposal",
    "Rank",
    "Rule",
    "Score",
    "Settings",
    "Step",
    "Total",
    "check_bands",
    "check_params",
    "component_index",
    "distance_to_next",
    "grade",
    "inputs",
    "kind_of",
    "mean",
    "next_band",
    "parse_count",
    "parse_declared",
    "parse_number",
    "parse_points",
    "part_of",
    "propose",
    "rank",
    "settle",
    "show",
    "show_ratio",
    "survey_points",
    "total",
]
