"""Text as it is stored and searched: NFC on input, a folded form for finding. No database."""

from __future__ import annotations

import unicodedata

# Marks that turn the direction of what follows: a name with one is shown as another name.
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """What is stored of a typed text: NFC, without NUL, ends trimmed."""
    return unicodedata.normalize("NFC", text.replace("\0", "")).strip()


def unfit(text: str, *, lines: bool = False) -> bool:
    """Whether a text holds what no field keeps: control characters, half a surrogate pair, marks
    that turn the writing direction. With `lines`, line breaks and tabs are part of the text."""
    kept = "\r\n\t" if lines else ""
    return any(
        letter not in kept
        and (unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} or letter in TURNING)
        for letter in text
    )


def fold(text: str) -> str:
    """The form that is searched: lower case, without marks, đ as d, nothing invisible.

    SQLite folds case for ASCII only, and a text copied from macOS arrives decomposed.
    """
    decomposed = unicodedata.normalize("NFD", text.casefold())
    bare = "".join(
        letter
        for letter in decomposed
        if not unicodedata.combining(letter) and unicodedata.category(letter) not in {"Cf", "Cs"}
    )
    return " ".join(bare.replace("đ", "d").replace("\0", "").split())
