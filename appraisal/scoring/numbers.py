"""Numbers as people type and read them, and the precision that arithmetic keeps.

Typed points and declared values come in through the `parse_…` functions, whose grammar is far
narrower than Decimal's own; everything shown goes out through `show`. No rule of scoring here.
"""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from fractions import Fraction

from appraisal.scoring import words

# A proposed quotient such as (1/3) × 2 keeps this many decimals; points typed by a person keep two.
POINT_PLACES = 6
TYPED_PLACES = 2

# Sums and products of points either are exact or fail: they never lose a digit in silence.
EXACT = Context(prec=120, rounding=ROUND_HALF_UP, traps=[InvalidOperation, Inexact])
# One division ends each index: 28 significant digits tell any two different indexes apart.
QUOTIENT = Context(prec=28, rounding=ROUND_HALF_UP, traps=[InvalidOperation])
_WIDE = Context(prec=120, rounding=ROUND_HALF_UP, traps=[InvalidOperation])

_BLANKS = " \t\r\n\u00a0"
_STORED = re.compile(r"[0-9]{1,15}([.,][0-9]{1,6})?")


class BadValue(ValueError):
    """A declared value that cannot be used; `sentence` says why, in Vietnamese."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class BadNumber(BadValue):
    """A text that is not the number asked for."""


def rounded(value: Decimal, places: int) -> Decimal:
    """Half up, never minus zero: the only place where a value is rounded for display."""
    if not value.is_finite():
        raise ValueError(f"not a finite number: {value}")
    result = value.quantize(Decimal(1).scaleb(-places), context=_WIDE)
    return result.copy_abs() if result.is_zero() else result


def show(value: Decimal, places: int = 2, *, trim: bool = False) -> str:
    """The number as Vietnamese readers see it: half up, decimal comma, no thousands separator.

    `trim` leaves out trailing zeros.
    """
    text = f"{rounded(value, places):f}"
    if trim and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", ",")


def show_full(value: Decimal) -> str:
    """Every digit that a proposal or a typed value carries, without trailing zeros."""
    return show(value, POINT_PLACES, trim=True)


def show_ratio(ratio: Fraction) -> str:
    """A percentage cut, not rounded, after four decimals, so that 94,996% never reads as 95%."""
    scaled, rest = divmod(ratio.numerator * 10**6, ratio.denominator)
    text = show(_WIDE.scaleb(Decimal(scaled), -4), 4, trim=True)
    return f"{text}{'…' if rest else ''}%"


def points_of(value: Fraction) -> Decimal:
    """A non-negative quotient as points: half up at `POINT_PLACES`, from the exact fraction."""
    scale: int = 10**POINT_PLACES
    halves = (2 * value.numerator * scale + value.denominator) // (2 * value.denominator)
    return _WIDE.scaleb(Decimal(halves), -POINT_PLACES)


def parse_points(text: str, max_points: Decimal) -> Decimal:
    """Points that a person typed: 0…`max_points`, at most two decimals, comma or dot.

    Raises BadNumber. Empty text is refused: it means "not scored", never 0.
    """
    if not text.strip(_BLANKS):
        raise BadNumber(words.EMPTY_POINTS.format(maximum=show_full(max_points)))
    value = _parse(text, whole_digits=4)
    if value > max_points:
        raise BadNumber(words.ABOVE.format(value=show_full(value), maximum=show_full(max_points)))
    return value


def parse_number(text: str) -> Decimal:
    """A declared amount, not negative, at most 12 digits and two decimals. Raises BadNumber."""
    if not text.strip(_BLANKS):
        raise BadNumber(words.EMPTY_NUMBER)
    return _parse(text, whole_digits=12)


def parse_count(text: str, maximum: int | None = None) -> int:
    """A declared whole number, not negative, at most nine digits. Raises BadNumber."""
    trimmed = text.strip(_BLANKS)
    if not trimmed:
        raise BadNumber(words.EMPTY_NUMBER)
    if not re.fullmatch(r"[0-9]{1,9}", trimmed):
        raise BadNumber(words.NOT_WHOLE.format(text=quoted(trimmed)))
    count = int(trimmed)
    if maximum is not None and count > maximum:
        raise BadNumber(words.ABOVE.format(value=count, maximum=maximum))
    return count


def read_decimal(value: object) -> Decimal:
    """A stored number (JSON or Decimal) without the error of binary floats. Raises BadNumber.

    A float is read by its shortest text, so that 0.95 in a criteria file is exactly 0,95.
    """
    if isinstance(value, str):
        if not _STORED.fullmatch(value):
            raise BadNumber(words.NOT_A_NUMBER.format(text=quoted(value)))
        return Decimal(value.replace(",", "."))
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise BadNumber(words.NOT_A_NUMBER.format(text=quoted(str(value))))
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite() or number.is_signed() or number.adjusted() > 15:
        raise BadNumber(words.NOT_A_NUMBER.format(text=quoted(str(value))))
    return number


def _parse(text: str, whole_digits: int) -> Decimal:
    trimmed = text.strip(_BLANKS)
    if re.fullmatch(rf"[0-9]{{1,{whole_digits}}}([.,][0-9]{{1,{TYPED_PLACES}}})?", trimmed):
        return Decimal(trimmed.replace(",", "."))
    sentence = next(sentence for says, sentence in _COMPLAINTS if says(trimmed))
    raise BadNumber(sentence.format(text=quoted(trimmed), places=TYPED_PLACES))


def quoted(text: str) -> str:
    """The text as a sentence may repeat it: short, and nothing invisible in it."""
    visible = "".join(letter if letter.isprintable() else "�" for letter in text[:21])
    return visible if len(text) <= 20 else f"{visible[:20]}…"


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


# Tried in this order; the last one always holds.
_COMPLAINTS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (_matches(r"[0-9]+[.,]?[0-9]*\s*%"), words.PERCENT),
    (_matches(r"[-+−][0-9.,]+"), words.SIGNED),
    (_matches(r"0+[.,][0-9]{3,}"), words.TOO_FINE),
    (_matches(r"[0-9]+[.,][0-9]{3}"), words.AMBIGUOUS),
    (_matches(r"[0-9]+[.,][0-9]{4,}"), words.TOO_FINE),
    (_matches(r"[0-9]+[.,]|[.,][0-9]+"), words.HALF_WRITTEN),
    (_matches(r"[0-9.,]*[.,][0-9.,]*[.,][0-9.,]*"), words.SEPARATORS),
    (_matches(r"[0-9]+([.,][0-9]+)?"), words.TOO_LONG),
    (lambda text: True, words.NOT_DIGITS),
)
