"""The attack corpus as the tests of this directory read it."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2] / "attack_corpus"
MANIFEST: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
EVIDENCE = [entry for entry in MANIFEST["entries"] if entry["kind"] == "evidence"]
FILE_NAMES: list[dict[str, Any]] = json.loads(
    (ROOT / "tables" / "filenames.json").read_text(encoding="utf-8")
)["cases"]


@dataclass(frozen=True)
class NameCase:
    raw: bytes
    what: str
    accepted: bool
    display_name: str | None


NAME_CASES = [
    NameCase(
        base64.b64decode(case["raw_b64"]),
        case["what"],
        case["decision"] == "accept_normalised",
        case["display_name"],
    )
    for case in FILE_NAMES
]


def evidence(name: str) -> Path:
    return ROOT / "evidence" / name
