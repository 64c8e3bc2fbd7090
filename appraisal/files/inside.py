"""The inside of the child process: takes limits and the network away, then calls the function.

Runs without Django and without `site`; started only by `child.run`.
"""

import ctypes
import errno
import importlib
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from appraisal.files.refusal import Refused

MEGABYTE = 1024 * 1024
MAX_OPEN_FILES = 256
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38


def main() -> None:
    """Read one request from standard input, answer it on standard output."""
    request = json.load(sys.stdin)
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not mix with the answer
    _limit(request["seconds"], request["megabytes"], request["writes_megabytes"])
    _leave_network()
    try:
        outcome: dict[str, object] = {"result": _function(request["target"])(*request["args"])}
    except Refused as refused:
        outcome = {"refused": (refused.message, refused.code, dict(refused.values))}
    except Exception as error:
        # Parsers of hostile bytes raise anything; the parent turns the name into a sentence.
        outcome = {"error": type(error).__name__}
    json.dump(outcome, answer)
    answer.close()


def has_no_way_out() -> bool:
    """Whether this process has no route to any network (also holds for its own children)."""
    return len(Path("/proc/self/net/route").read_text(encoding="ascii").splitlines()) <= 1


def _function(target: str) -> Callable[..., object]:
    module, _, name = target.partition(":")
    function: Callable[..., object] = getattr(importlib.import_module(module), name)
    return function


def _limit(seconds: float, megabytes: int, writes_megabytes: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, megabytes * MEGABYTE),
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_FSIZE, writes_megabytes * MEGABYTE),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def _leave_network() -> None:
    """An empty network namespace where the kernel allows it; no Python sockets in any case."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    namespaces = CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET
    libc.unshare(namespaces)
    sys.addaudithook(_refuse_sockets)


def _refuse_sockets(event: str, args: tuple[object, ...]) -> None:
    if event.startswith("socket."):
        raise PermissionError(errno.EPERM, "no network here")
