import os
import socket
import time
from pathlib import Path

import pytest

from appraisal.files import child
from appraisal.files.refusal import Refused

TARGETS = "tests.appraisal.files.targets"


def run(function: str, *args: object, seconds: float = 5, megabytes: int = 200) -> object:
    return child.run(
        f"{TARGETS}:{function}", *args, seconds=seconds, megabytes=megabytes, name="a.pdf"
    )


def test_the_result_comes_back_whatever_a_library_prints() -> None:
    assert run("echo", "Quyết định", 3, None) == ["Quyết định", 3, None]


def test_a_refusal_in_the_child_is_the_same_refusal_here() -> None:
    with pytest.raises(Refused) as caught:
        run("refuse", "Báo cáo 75 %.pdf")
    assert caught.value.code == "not_taken"
    assert caught.value.sentence == "“Báo cáo 75 %.pdf” không được nhận."


def test_a_child_that_hangs_is_killed_in_time_and_leaves_no_process(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(Refused) as caught:
        run("hang", str(tmp_path / "pid"), seconds=1)
    assert caught.value.code == "too_slow"
    assert "a.pdf" in caught.value.sentence
    assert time.monotonic() - began < 3
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_child_that_burns_the_processor_is_stopped() -> None:
    with pytest.raises(Refused) as caught:
        run("burn", seconds=1)
    assert caught.value.code == "too_slow"


def test_a_child_that_grows_is_refused_memory() -> None:
    with pytest.raises(Refused) as caught:
        run("grow")
    assert caught.value.code == "too_much_memory"
    assert "200 MB" in caught.value.sentence


@pytest.mark.parametrize("function", ["crash", "complain", "no_such_function", "flood"])
def test_a_child_that_fails_in_any_way_is_a_refusal_that_names_the_file(function: str) -> None:
    with pytest.raises(Refused) as caught:
        run(function, megabytes=600)
    assert caught.value.code == "unreadable"
    assert "a.pdf" in caught.value.sentence


def test_a_child_reaches_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        with pytest.raises(Refused) as caught:
            run("connect", server.getsockname()[1])
        assert caught.value.code == "unreadable"
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_child_sees_no_secret_and_loads_no_django(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    seen = run("surroundings")
    assert isinstance(seen, dict)
    assert "DATABASE_URL" not in seen["environment"]
    assert seen["django"] is False
