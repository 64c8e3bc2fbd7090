"""The criteria of one agency line by line, as the score sheet and the self-assessment print them.

A mark is a `scoring.Score` or None where that stage gave none: printed as points, "KAD", or a dash,
so that "not scored" never reads as 0. Points lost are the maximum less what counts; on a leaf that
does not apply, and on bonus and penalty, nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from appraisal import scoring
from appraisal.documents.phrases import NOT_APPLICABLE, NOTHING, one_line, short_day
from appraisal.documents.words import points
from appraisal.scoring.totals import Part


@dataclass(frozen=True)
class Document:
    """One cited document; `pages` are where to look, `codes` the leaves that cite it."""

    title: str
    number: str
    issued_on: date | None
    issuer: str
    pages: str = ""
    is_supplementary: bool = False
    codes: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """ "116/BC-SYT ngày 27/11/2020 (trang 2)"; the title where there is no number."""
        text = one_line(self.number or self.title)
        if self.issued_on is not None:
            text += f" ngày {short_day(self.issued_on)}"
        if self.pages:
            text += f" (trang {one_line(self.pages)})"
        return f"{text} - bổ sung" if self.is_supplementary else text


@dataclass(frozen=True)
class LeafLine:
    """A leaf with the mark of each stage; `final` is what counts, None while nobody decided."""

    code: str
    title: str
    maximum: Decimal
    part: Part
    is_self_scored: bool
    own: scoring.Score | None
    first: scoring.Score | None
    second: scoring.Score | None
    council: scoring.Score | None
    final: scoring.Score | None
    own_reason: str
    declared: tuple[tuple[str, str], ...]
    documents: tuple[Document, ...]
    asked: str
    explained: str
    reasons: tuple[tuple[str, str], ...]
    """What each deciding stage said, by the name of the stage."""

    @property
    def counts(self) -> bool:
        """Whether its maximum is part of the whole: not bonus, not penalty."""
        return self.part in ("appraised", "survey")

    @property
    def lost(self) -> Decimal | None:
        if not self.counts or self.final is None or self.final.points is None:
            return None
        return self.maximum - self.final.points


@dataclass(frozen=True)
class GroupLine:
    """A criterion that has leaves below it; its maximum is theirs together."""

    code: str
    title: str
    maximum: Decimal


@dataclass(frozen=True)
class Sum:
    """The sums of a field or of the whole, as `scoring` counts them; unrounded.

    `maximum` is full, `removed` of it does not apply in the end; `own` and `first` are what the
    agency and the first appraisal gave. `index` is the component index, None where nothing applies.
    """

    maximum: Decimal
    removed: Decimal
    own: Decimal
    first: Decimal
    final: Decimal
    index: Decimal | None
    own_maximum: Decimal
    """The part of the maximum that the agency scores itself."""

    @property
    def lost(self) -> Decimal:
        return self.maximum - self.removed - self.final

    @property
    def own_index(self) -> Decimal | None:
        return scoring.component_index(self.own, self.own_maximum)


@dataclass(frozen=True)
class FieldBlock:
    """A field with everything below it in reading order."""

    code: str
    title: str
    sum: Sum
    lines: tuple[LeafLine | GroupLine, ...]

    @property
    def leaves(self) -> tuple[LeafLine, ...]:
        return tuple(line for line in self.lines if isinstance(line, LeafLine))


@dataclass(frozen=True)
class Sheet:
    """All criteria of one agency: the fields that make the whole, then bonus and penalty.

    `total` sums the fields; `bonus` and `penalty` are what counts of them after their limits,
    `achieved` everything together.
    """

    fields: tuple[FieldBlock, ...]
    outside: tuple[LeafLine, ...]
    total: Sum
    bonus: Decimal
    penalty: Decimal
    achieved: Decimal

    @property
    def leaves(self) -> tuple[LeafLine, ...]:
        return (*(leaf for field in self.fields for leaf in field.leaves), *self.outside)


def shown(mark: scoring.Score | None, decimals: int) -> str:
    """A mark in a cell: the points, KAD, or a dash where that stage gave none."""
    if mark is not None and mark.not_applicable:
        return NOT_APPLICABLE
    if mark is None or mark.points is None:
        return NOTHING
    return points(mark.points, decimals)


def has_waived(leaves: tuple[LeafLine, ...]) -> bool:
    """Whether any mark of the sheet says "not applicable", so that the note must explain it."""
    return any(
        mark is not None and mark.not_applicable
        for leaf in leaves
        for mark in (leaf.own, leaf.first, leaf.second, leaf.council)
    )
