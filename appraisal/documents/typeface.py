"""The letters of the printed papers: how wide each is, and the part of the font a file carries.

Tinos has the widths of Times New Roman. What a text says and where it stands is decided elsewhere.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Final, Literal

from fontTools import subset
from fontTools.ttLib import TTFont

FONTS: Final = Path(__file__).resolve().parents[2] / "static" / "print" / "fonts"

ZERO_WIDTH_SPACE: Final = "\N{ZERO WIDTH SPACE}"
# What needs more than one glyph after the other from left to right: marks that stand upon letters,
# invisible signs, and scripts that run or join otherwise.
_SHAPED: Final = frozenset({"Mn", "Mc", "Me", "Cf"})
_LEFT_TO_RIGHT: Final = frozenset({"L", "EN", "ES", "ET", "CS", "ON", "WS", "AN"})

Weight = Literal["Regular", "Bold"]


class Face:
    """One weight of Tinos. Lengths are in ems unless a size is given."""

    def __init__(self, weight: Weight) -> None:
        self.weight = weight
        self._file = (FONTS / f"Tinos-{weight}.ttf").read_bytes()
        font = TTFont(io.BytesIO(self._file), lazy=True)
        self._units: int = font["head"].unitsPerEm
        metrics = font["hmtx"].metrics
        self._glyphs: dict[str, int] = {}
        self._widths: dict[str, float] = {ZERO_WIDTH_SPACE: 0.0}
        for code, name in font.getBestCmap().items():
            letter = chr(code)
            self._glyphs[letter] = font.getGlyphID(name)
            self._widths[letter] = metrics[name][0] / self._units
        self.ascent: float = font["hhea"].ascent / self._units
        self.descent: float = -font["hhea"].descent / self._units
        self.box = tuple(
            round(getattr(font["head"], side) * 1000 / self._units)
            for side in ("xMin", "yMin", "xMax", "yMax")
        )
        self._known: set[str] = set()

    def covers(self, text: str) -> bool:
        """Whether each letter is one glyph of this face, set from left to right."""
        return set(text) <= self._known or all(self._is_plain(letter) for letter in set(text))

    def _is_plain(self, letter: str) -> bool:
        plain = letter == ZERO_WIDTH_SPACE or (
            letter in self._glyphs
            and unicodedata.category(letter) not in _SHAPED
            and unicodedata.bidirectional(letter) in _LEFT_TO_RIGHT
        )
        if plain:
            self._known.add(letter)
        return plain

    def width(self, text: str) -> float:
        """The width of a text that the face covers."""
        return sum(map(self._widths.__getitem__, text))

    def glyph(self, letter: str) -> int:
        """The number of the letter's glyph in the whole font and in any part of it."""
        return self._glyphs[letter]

    def part(self, glyphs: Collection[int]) -> bytes:
        """The font file with these glyphs alone, under their numbers; always the same bytes."""
        options = subset.Options(
            retain_gids=True,
            hinting=False,
            layout_features=[],
            glyph_names=False,
            name_IDs=[],
            notdef_outline=True,
            recalc_timestamp=False,
        )
        options.drop_tables += ["GSUB", "GPOS", "GDEF", "post", "name", "gasp", "OS/2", "cmap"]
        font = TTFont(io.BytesIO(self._file), recalcTimestamp=False)
        picker = subset.Subsetter(options)
        picker.populate(gids=sorted(glyphs))
        picker.subset(font)
        part = io.BytesIO()
        font.save(part)
        return part.getvalue()


@cache
def face(weight: Weight) -> Face:
    """The face of that weight, read once in a process."""
    return Face(weight)
