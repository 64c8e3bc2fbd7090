import errno
import hashlib
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from appraisal.files.refusal import Refused
from appraisal.files.store import CHUNK, Store, Stored, WrongName, evidence_store

CONTENT = "Quyết định số 12/QĐ-UBND".encode()
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "evidence")


def files(store: Store) -> list[str]:
    return sorted(str(p.relative_to(store.root)) for p in store.root.rglob("*") if p.is_file())


def test_bytes_are_kept_under_their_hash_and_come_back(store: Store) -> None:
    assert store.put([CONTENT[:5], CONTENT[5:]]) == Stored(DIGEST, len(CONTENT))
    assert files(store) == [f"{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"]
    with store.open(DIGEST) as handle:
        assert handle.read() == CONTENT
    assert store.exists(DIGEST)
    assert store.is_intact(DIGEST)
    assert list(store.names()) == [DIGEST]


def test_a_file_is_copied_and_left_where_it_was(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "a.pdf"
    source.write_bytes(CONTENT)
    assert store.put(source).sha256 == DIGEST
    assert source.read_bytes() == CONTENT


def test_the_same_content_twice_is_kept_once_and_not_rewritten(store: Store) -> None:
    store.put([CONTENT])
    before = store.path(DIGEST).stat()
    assert store.put([CONTENT]).sha256 == DIGEST
    after = store.path(DIGEST).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert len(files(store)) == 1


def test_a_stump_under_the_final_name_is_healed_by_the_whole_content(store: Store) -> None:
    store.put([CONTENT])
    store.path(DIGEST).chmod(0o640)
    store.path(DIGEST).write_bytes(CONTENT[:3])
    assert not store.is_intact(DIGEST)
    store.put([CONTENT])
    assert store.is_intact(DIGEST)


def test_kept_bytes_are_read_only_and_closed_to_others(store: Store) -> None:
    store.put([CONTENT])
    path = store.path(DIGEST)
    assert stat.S_IMODE(path.stat().st_mode) == 0o440
    for directory in (store.root, path.parent.parent, path.parent, store.temporary_root):
        assert stat.S_IMODE(directory.stat().st_mode) & 0o027 == 0


def test_a_source_that_breaks_off_leaves_nothing(store: Store) -> None:
    def broken() -> Iterator[bytes]:
        yield CONTENT
        raise ConnectionError("the client hung up")

    with pytest.raises(ConnectionError):
        store.put(broken())
    assert files(store) == []


def test_a_full_disk_is_a_refusal_and_leaves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(Refused) as caught:
        store.put([CONTENT])
    assert caught.value.code == "no_room"
    assert "Hãy báo quản trị" in caught.value.sentence
    assert files(store) == []


KILLED_WRITER = """
import sys, time
from pathlib import Path
from appraisal.files.store import Store

def chunks():
    yield b"x" * 100_000
    print("half", flush=True)
    time.sleep(60)

Store(Path(sys.argv[1])).put(chunks())
"""


def test_a_killed_writer_leaves_no_final_name_and_the_janitor_sweeps(store: Store) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED_WRITER, str(store.root)],
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"half\n"
        writer.send_signal(signal.SIGKILL)
    left = files(store)
    assert len(left) == 1
    assert left[0].startswith("tmp/")
    now = time.time()
    assert store.remove_stale_temporaries(now + 3590) == 0
    assert files(store) == left
    assert store.remove_stale_temporaries(now + 3610) == 1
    assert files(store) == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../../etc/passwd",
        "/etc/passwd",
        DIGEST.upper(),
        DIGEST + "0",
        DIGEST[:-1],
        DIGEST + "\n",
        f"{DIGEST[:-1]}/",
        "a" * 61 + "/..",
        "tmp",
    ],
)
def test_a_name_that_is_no_hash_is_refused_everywhere(store: Store, name: str) -> None:
    for ask in (store.path, store.exists, store.open, store.trash, store.restore, store.is_intact):
        with pytest.raises(WrongName):
            ask(name)


def test_a_link_out_of_the_store_is_refused(store: Store, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    store.put([CONTENT])
    path = store.path(DIGEST)
    path.unlink()
    path.symlink_to(secret)
    with pytest.raises(WrongName):
        store.open(DIGEST)
    path.unlink()
    path.parent.rmdir()
    path.parent.symlink_to(tmp_path)
    with pytest.raises(WrongName):
        store.exists(DIGEST)


def test_what_is_taken_out_can_be_brought_back(store: Store) -> None:
    store.put([CONTENT])
    store.trash(DIGEST)
    assert not store.exists(DIGEST)
    assert list(store.names()) == []
    with pytest.raises(FileNotFoundError):
        store.open(DIGEST)
    store.restore(DIGEST)
    assert store.is_intact(DIGEST)


def test_an_unknown_content_is_not_there(store: Store) -> None:
    assert not store.exists(DIGEST)
    with pytest.raises(FileNotFoundError):
        store.trash(DIGEST)


def test_the_store_of_the_site_is_where_the_settings_say(settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.EVIDENCE_ROOT = tmp_path / "elsewhere"
    assert evidence_store().root == tmp_path / "elsewhere"


def test_keeping_twenty_megabytes_costs_little_more_than_writing_and_hashing(
    store: Store, tmp_path: Path
) -> None:
    """The aim is 1.25 times, shown by the benchmark; the test allows for a busy machine."""
    chunks = [os.urandom(CHUNK) for _ in range(20)]
    bare = min(_bare(chunks, tmp_path / f"bare{n}") for n in range(5))
    ours = min(_ours(chunks, store, n) for n in range(5))
    assert ours < bare * 2


def _bare(chunks: list[bytes], path: Path) -> float:
    began = time.perf_counter()
    digest = hashlib.sha256()
    with path.open("wb") as handle:
        for chunk in chunks:
            digest.update(chunk)
            handle.write(chunk)
        handle.flush()
        os.fsync(handle.fileno())
    return time.perf_counter() - began


def _ours(chunks: list[bytes], store: Store, number: int) -> float:
    fresh = [bytes([number]), *chunks]
    began = time.perf_counter()
    store.put(fresh)
    return time.perf_counter() - began
