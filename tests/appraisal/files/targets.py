"""Functions that the child process is asked to run; they misbehave as a hostile file makes them."""

import os
import socket
import sys
import time
from pathlib import Path
from typing import NoReturn

from appraisal.files.refusal import Refused


def echo(*args: object) -> list[object]:
    sys.stdout.write("noise of a library")
    return list(args)


def hang(started: str) -> None:
    Path(started).write_text(str(os.getpid()))
    time.sleep(60)


def burn() -> None:
    while True:
        pass


def grow() -> int:
    return len(bytearray(1024 * 1024 * 1024))


def crash() -> None:
    os.abort()


def flood() -> str:
    return "x" * (80 * 1024 * 1024)


def complain() -> NoReturn:
    raise LookupError("hostile bytes")


def refuse(name: str) -> NoReturn:
    raise Refused("“%(name)s” không được nhận.", "not_taken", name=name)


def connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=2)


def surroundings() -> dict[str, object]:
    return {
        "environment": sorted(os.environ),
        "django": "django" in sys.modules,
    }
