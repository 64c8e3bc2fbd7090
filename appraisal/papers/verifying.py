"""What the public page may say of a fingerprint or a file: match, replaced, no match; no more.

A result is known to the public only when a decision approved exactly it. What was not approved and
what does not exist get one answer, by the same queries. Files are read in a child process and not
kept.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, cast

from appraisal.files import child
from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _
from appraisal.files.store import evidence_store
from appraisal.models import Consolidation, Issue, PaperFile
from appraisal.models.papers import PaperFormat, PaperKind
from appraisal.papers.basis import FROM_RESULT

FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")
_BLANKS: Final = re.compile(r"[\s\u00ad\u200b-\u200d\ufeff.-]+")
_END: Final = re.compile(rb"%%EOF(?:\r\n|\n|\r)?")

SECONDS: Final = 20
MEGABYTES: Final = 700
AT_ONCE: Final = 2
"""Files that one process reads for the public at the same time."""
MAX_REVISIONS: Final = 12
MAX_COMPARED: Final = 3

BUSY: Final = _("Hệ thống đang đối chiếu nhiều tệp. Hãy thử lại sau ít phút.")
NOT_TAKEN: Final = _("“%(name)s” không phải là tệp PDF hoặc JSON. Hãy chọn tệp nhận được.")

_turns = threading.BoundedSemaphore(AT_ONCE)


class Answer(StrEnum):
    """The three answers."""

    MATCHES = "matches"
    REPLACED = "replaced"
    UNKNOWN = "unknown"


class Means(StrEnum):
    """What was looked at: a code, a JSON file, a PDF that is ours byte by byte, or its content."""

    CODE = "code"
    JSON = "json"
    BYTES = "bytes"
    CONTENT = "content"


@dataclass(frozen=True)
class Finding:
    """What is said; of what is unknown, nothing but that."""

    answer: Answer
    means: Means = Means.CODE
    year: int = 0
    jurisdiction: str = ""
    round: str = ""
    approved_at: datetime | None = None


def cleaned(typed: str) -> str:
    """A fingerprint as people type or paste it: in groups, over lines, in capitals.

    The empty text when it is none.
    """
    bare = _BLANKS.sub("", typed[:500]).lower()
    return bare if FINGERPRINT.fullmatch(bare) else ""


def look_up(fingerprint: str) -> Finding:
    """What stands behind a fingerprint (64 hex digits, or anything else: no match)."""
    return _look_up([fingerprint]).get(fingerprint, Finding(Answer.UNKNOWN))


def check(path: Path, name: str) -> Finding:
    """What stands behind a file: the JSON of a snapshot, or a PDF. Nothing of it is kept.

    `name` is the file's display name. Raises Refused for what cannot be read, or when too many
    files are being read already (code `busy`).
    """
    with path.open("rb") as handle:
        start = handle.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    with _turn():
        if start.startswith(b"%PDF-"):
            return _check_pdf(path, name)
        if start.startswith(b"{"):
            code = _run("reading:snapshot_code", str(path), name=name)
            return replace(look_up(str(code)), means=Means.JSON)
    raise Refused(NOT_TAKEN, "neither_pdf_nor_json", name=name)


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(blocking=False):
        raise Refused(BUSY, "busy")
    try:
        yield
    finally:
        _turns.release()


def _run(target: str, *args: object, name: str) -> object:
    return child.run(
        f"appraisal.documents.{target}", *args, seconds=SECONDS, megabytes=MEGABYTES, name=name
    )


def _look_up(fingerprints: Iterable[str]) -> dict[str, Finding]:
    """What may be said of each fingerprint, for those of rounds that have a decision: one query."""
    rows = (
        Consolidation.objects.filter(
            fingerprint__in=list(fingerprints), round__decision__isnull=False
        )
        .order_by("pk")
        .values_list(
            "fingerprint", "round__year", "round__name", "round__jurisdiction__kind",
            "round__jurisdiction__name", "round__decision__approved_at",
            "round__decision__consolidation__fingerprint", "round__decision__fingerprint",
        )
    )  # fmt: skip
    found: dict[str, Finding] = {}
    for code, year, title, kind, name, at, sealed, decided in rows:
        answer = Answer.MATCHES if code == sealed == decided else Answer.REPLACED
        if code not in found or answer == Answer.MATCHES:
            found[code] = Finding(answer, Means.CODE, year, f"{kind} {name}", title, at)
    return found


def _check_pdf(path: Path, name: str) -> Finding:
    said = cast(dict[str, list[str]], _run("reading:codes", str(path), name, name=name))
    whole, earlier = revisions(path)
    known = _known([whole, *earlier])
    codes = {*said["attached"], *said["printed"]}
    found = _look_up(codes | set(known.values()))
    if whole in known:
        return _answer(found.get(known[whole]), Means.BYTES)
    for digest in earlier:
        if digest in known and (finding := found.get(known[digest])):
            return _answer(finding if _is_alike(path, [digest], name) else None, Means.CONTENT)
    # Codes that disagree say nothing.
    code = codes.pop() if len(codes) == 1 else ""
    alike = code in found and _is_alike(path, _drafts(code), name)
    return _answer(found[code] if alike else None, Means.CONTENT)


def _answer(finding: Finding | None, means: Means) -> Finding:
    return replace(finding or Finding(Answer.UNKNOWN), means=means)


def revisions(path: Path) -> tuple[str, list[str]]:
    """The sha256 of a PDF, and those of what it may have been before something was added.

    A file that is only added to (signatures are) keeps its earlier bytes up to their last line.
    """
    content = path.read_bytes()
    running, place = hashlib.sha256(), 0
    earlier: list[str] = []
    for end in _END.finditer(content):
        if len(earlier) >= 2 * MAX_REVISIONS:
            break
        for stop in sorted({end.start() + len(b"%%EOF"), end.end()}):
            running.update(content[place:stop])
            place = stop
            if stop < len(content):
                earlier.append(running.hexdigest())
    running.update(content[place:])
    return running.hexdigest(), earlier


def _known(digests: list[str]) -> dict[str, str]:
    """Which of these contents are papers about a result, and the fingerprint of that result.

    Of what was recorded as issued, only files that carry the fingerprint of their draft.
    """
    about = {"paper__consolidation__isnull": False, "paper__kind__in": sorted(FROM_RESULT)}
    files = PaperFile.objects.filter(
        sha256__in=digests, format__in=[PaperFormat.PDF, PaperFormat.SIGNED], **about
    )
    issued = Issue.objects.filter(sha256__in=digests, matches=True, **about)
    code = "paper__consolidation__fingerprint"
    found: dict[str, Any] = dict(issued.values_list("sha256", code))
    return found | dict(files.values_list("sha256", code))


def _drafts(fingerprint: str) -> list[str]:
    """The decisions made of a result, the latest first."""
    return list(
        PaperFile.objects.filter(
            format=PaperFormat.PDF,
            paper__kind=PaperKind.DECISION,
            paper__consolidation__fingerprint=fingerprint,
        )
        .order_by("-pk")
        .values_list("sha256", flat=True)[:MAX_COMPARED]
    )


def _is_alike(path: Path, digests: list[str], name: str) -> bool:
    store = evidence_store()
    return any(
        _run("reading:is_alike", str(path), str(store.path(digest)), name=name)
        for digest in digests
        if store.exists(digest)
    )
