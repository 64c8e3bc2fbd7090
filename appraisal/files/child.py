"""Runs one function on a user's file in a short-lived process with limits and no network.

This is the parent's side; `inside` is the child's: isolated from the environment (no settings, no
secrets, no Django). What the function does with the file is not here.
"""

import contextlib
import json
import logging
import os
import select
import signal
import subprocess
import sys
import tempfile
from typing import IO, Any

from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _

logger = logging.getLogger(__name__)

MAX_RESULT_MEGABYTES = 64
# Isolated from the environment and without `site`: the parent says where modules are.
START = "import sys; sys.path[:0] = sys.argv[1:]; from appraisal.files.inside import main; main()"

CRASHED = _("Không đọc được “%(name)s”: tệp hỏng hoặc có cấu trúc lạ. Hãy mở, lưu lại rồi gửi lại.")
TOO_SLOW = _(
    "Đọc “%(name)s” quá %(seconds)s giây nên đã dừng. Hãy lưu lại tệp gọn hơn hoặc tách thành"
    " nhiều tệp."
)
TOO_LARGE = _(
    "Đọc “%(name)s” cần quá %(megabytes)s MB bộ nhớ nên đã dừng. Hãy lưu lại tệp gọn hơn hoặc tách"
    " thành nhiều tệp."
)


def run(
    target: str,
    *args: object,
    seconds: float,
    megabytes: int,
    name: str = "tệp gửi lên",
    writes_megabytes: int = MAX_RESULT_MEGABYTES,
) -> object:
    """Call `package.module:function` with `args` in a child and return what it returns.

    Arguments and result are JSON values. `seconds` bounds wall clock and processor time,
    `megabytes` the address space, `writes_megabytes` each file the child writes; `name` is the
    file's display name for the sentence.

    Raises Refused: the one that the function raised, or our own when the child hangs
    (`too_slow`), grows (`too_much_memory`) or dies (`unreadable`).
    """
    request = json.dumps(
        {
            "target": target,
            "args": args,
            "seconds": seconds,
            "megabytes": megabytes,
            "writes_megabytes": writes_megabytes,
        }
    ).encode()
    # The answer goes to a file: its size is bounded by RLIMIT_FSIZE, a pipe's would not be.
    with tempfile.TemporaryFile() as question, tempfile.TemporaryFile() as answer:
        question.write(request)
        question.seek(0)
        process, life = _start(question, answer)
        try:
            if not _ended_within(seconds, life):
                raise Refused(TOO_SLOW, "too_slow", name=name, seconds=f"{seconds:g}")
        finally:
            os.close(life)
            _end(process)
        answer.seek(0)
        outcome = _read(answer.read())
    if "result" in outcome:
        return outcome["result"]
    if "refused" in outcome:
        message, code, values = outcome["refused"]
        raise Refused(message, code, **values)
    logger.warning(
        "child %s ended with %s: %s", target, process.returncode, outcome.get("error", "no answer")
    )
    if outcome.get("error") == "MemoryError":
        raise Refused(TOO_LARGE, "too_much_memory", name=name, megabytes=megabytes)
    if process.returncode == -signal.SIGXCPU:
        raise Refused(TOO_SLOW, "too_slow", name=name, seconds=f"{seconds:g}")
    raise Refused(CRASHED, "unreadable", name=name)


def _start(question: IO[bytes], answer: IO[bytes]) -> "tuple[subprocess.Popen[bytes], int]":
    """The child, and the reading end of a pipe that closes when it ends (waiting needs no poll)."""
    life, held = os.pipe()
    try:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", "-c", START, *map(os.path.abspath, sys.path)],
            stdin=question,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            pass_fds=[held],
            start_new_session=True,
        )
    except OSError:
        os.close(life)
        raise
    finally:
        os.close(held)
    return process, life


def _ended_within(seconds: float, life: int) -> bool:
    poller = select.poll()
    poller.register(life, select.POLLIN | select.POLLHUP)
    return bool(poller.poll(seconds * 1000))


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill whatever of the child's group still runs, and reap the child."""
    # Until it is reaped its number stays taken, so that the group is ours.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _read(answer: bytes) -> dict[str, Any]:
    try:
        outcome = json.loads(answer)
    except ValueError:
        return {}
    return outcome if isinstance(outcome, dict) else {}
