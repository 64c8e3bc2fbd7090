"""The letters of the printed papers: how wide each is, and the part of the font a file carries.

Tinos has the widths of Times New Roman. What a text says and where it stands is decided elsewhere.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Collection
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final, Literal

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

FONTS: Final = Path(__file__).resolve().parents[2] / "static" / "print" / "fonts"

ZERO_WIDTH_SPACE: Final = "\N{ZERO WIDTH SPACE}"
# What needs more than one glyph after the other from left to right: marks that stand upon letters,
# invisible signs, and scripts that run or join otherwise.
_SHAPED: Final = frozenset({"Mn", "Mc", "Me", "Cf"})
_LEFT_TO_RIGHT: Final = frozenset({"L", "EN", "ES", "ET", "CS", "ON", "WS", "AN"})

Weight = Literal["Regular", "Bold"]
Family = Literal["Tinos", "Symbols"]
FAMILIES: Final[tuple[Family, ...]] = ("Tinos", "Symbols")
"""A letter is taken from the first family that has it."""


class Font:
    """One font file. Lengths are in ems."""

    def __init__(self, family: Family, weight: Weight) -> None:
        self.name = f"{family}-{weight}"
        self._file = (FONTS / f"{self.name}.ttf").read_bytes()
        font = TTFont(io.BytesIO(self._file), lazy=True)
        units: int = font["head"].unitsPerEm
        metrics = font["hmtx"].metrics
        self.glyphs: dict[str, int] = {}
        self.widths: dict[str, float] = {}
        for code, name in font.getBestCmap().items():
            letter = chr(code)
            self.glyphs[letter] = font.getGlyphID(name)
            self.widths[letter] = metrics[name][0] / units
        self.ascent: float = font["hhea"].ascent / units
        self.descent: float = -font["hhea"].descent / units
        self.box = tuple(
            round(getattr(font["head"], side) * 1000 / units)
            for side in ("xMin", "yMin", "xMax", "yMax")
        )

    def part(self, glyphs: Collection[int]) -> bytes:
        """The font file with these glyphs alone, under their numbers; always the same bytes."""
        options = subset.Options(
            retain_gids=True, hinting=False, notdef_outline=True, recalc_timestamp=False
        )
        font = TTFont(io.BytesIO(self._drawn), recalcTimestamp=False)
        picker = subset.Subsetter(options)
        picker.populate(gids=sorted(glyphs))
        picker.subset(font)
        return _saved(font)

    @cached_property
    def _drawn(self) -> bytes:
        """The font with nothing but what draws its glyphs: the rest takes long to read and drop."""
        font = TTFont(io.BytesIO(self._file), recalcTimestamp=False)
        for table in set(font.keys()) - _DRAWING:
            del font[table]
        return _saved(font)


# What a PDF asks of a TrueType font that it carries (ISO 32000-1, 9.9).
_DRAWING: Final = frozenset({"GlyphOrder", "head", "hhea", "maxp", "hmtx", "loca", "glyf"})


def _saved(font: Any) -> bytes:
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


class Face:
    """One weight of the printed letters, of however many fonts. Lengths are in ems."""

    def __init__(self, weight: Weight) -> None:
        fonts = [Font(family, weight) for family in FAMILIES]
        self.weight = weight
        self.ascent, self.descent = fonts[0].ascent, fonts[0].descent
        self._homes: dict[str, Font] = {}
        self._widths: dict[str, float] = {ZERO_WIDTH_SPACE: 0.0}
        for font in reversed(fonts):
            self._homes |= dict.fromkeys(font.glyphs, font)
            self._widths |= font.widths
        self._plain: set[str] = set()

    def covers(self, text: str) -> bool:
        """Whether each letter is one glyph of this face, set from left to right."""
        letters = set(text)
        return letters <= self._plain or all(map(self._is_plain, letters))

    def _is_plain(self, letter: str) -> bool:
        plain = letter == ZERO_WIDTH_SPACE or (
            letter in self._homes
            and unicodedata.category(letter) not in _SHAPED
            and unicodedata.bidirectional(letter) in _LEFT_TO_RIGHT
        )
        if plain:
            self._plain.add(letter)
        return plain

    def width(self, text: str) -> float:
        """The width of a text that the face covers."""
        return sum(map(self._widths.__getitem__, text))

    def home(self, letter: str) -> Font:
        """The font that draws the letter."""
        return self._homes[letter]


@cache
def face(weight: Weight) -> Face:
    """The face of that weight, read once in a process."""
    return Face(weight)
