"""Many papers at once: drafts are composed in processes beside this one, as many as help.

A worker is this module run by itself; it needs no Django, no settings and no database. It is given
one draft after the other through a pipe and answers each with its PDF. (Celery's own processes may
not start others with `multiprocessing`; a plain subprocess they may.)
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from appraisal.documents.composing import Draft, compose

MOST: Final = 2
"""Processes at work; a machine that serves pages meanwhile needs its other cores."""
WORTH_IT: Final = 8
"""Fewer drafts are composed sooner than a process is started."""
_ROOT: Final = Path(__file__).resolve().parents[2]
_LENGTH: Final = 8
# What finds programs, libraries and fonts; nothing that is secret.
_KEPT: Final = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "XDG_CACHE_HOME", "FONTCONFIG_FILE")


class WorkerLost(Exception):
    """A process ended before its paper was done."""


def compose_many(drafts: Sequence[Draft], tell: Callable[[int], None]) -> list[bytes]:
    """The PDFs of the drafts, in their order; `tell` hears rising percentages, the last one 100.

    Raises what `compose` raises, and WorkerLost when a process is killed.
    """
    size = min(MOST, os.cpu_count() or 1, len(drafts))
    if size < 2 or len(drafts) < WORTH_IT:
        made = []
        for number, draft in enumerate(drafts, 1):
            made.append(compose(draft))
            tell(number * 100 // len(drafts))
        return made
    with _workers(size) as idle, ThreadPoolExecutor(size) as threads:
        asked = [threads.submit(_ask, idle, draft) for draft in drafts]
        try:
            for number, answered in enumerate(as_completed(asked), 1):
                answered.result()
                tell(number * 100 // len(drafts))
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
        return [answer.result() for answer in asked]


Worker = subprocess.Popen[bytes]


@contextmanager
def _workers(size: int) -> Iterator[queue.SimpleQueue[Worker]]:
    idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
    started = []
    try:
        for _number in range(size):
            started.append(_start())
            idle.put(started[-1])
        yield idle
    finally:
        for worker in started:
            worker.kill()
            worker.communicate()


def _start() -> Worker:
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", __name__],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={name: os.environ[name] for name in _KEPT if name in os.environ},
    )


def _ask(idle: queue.SimpleQueue[Worker], draft: Draft) -> bytes:
    worker = idle.get()
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        _send(worker.stdin, draft)
        answer = _receive(worker.stdout)
    except (EOFError, BrokenPipeError) as error:
        raise WorkerLost(f"ended with {worker.poll()}") from error
    finally:
        idle.put(worker)
    if isinstance(answer, Exception):
        raise answer
    assert isinstance(answer, bytes)
    return answer


def _send(pipe: IO[bytes], value: object) -> None:
    content = pickle.dumps(value)
    pipe.write(len(content).to_bytes(_LENGTH, "big"))
    pipe.write(content)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> object:
    length = pipe.read(_LENGTH)
    content = pipe.read(int.from_bytes(length, "big"))
    if not content:
        raise EOFError
    return pickle.loads(content)  # noqa: S301 - between two processes of ours


def main() -> None:
    """A worker's life: a draft in, its PDF or what went wrong out, until the pipe is closed."""
    while True:
        try:
            draft = _receive(sys.stdin.buffer)
        except EOFError:
            return
        assert isinstance(draft, Draft)
        try:
            answer: object = compose(draft)
        except Exception as error:
            answer = error
        _send(sys.stdout.buffer, answer)


if __name__ == "__main__":
    main()
