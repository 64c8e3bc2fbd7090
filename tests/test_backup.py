"""A backup comes back whole, into an empty installation and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
TEN_MINUTES = 600


class Installation:
    """An installation of its own: folder, database, environment."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "parc.settings",
            "PARC_LOCAL": "1",
            "PARC_VAR": str(folder),
            "EVIDENCE_ROOT": str(folder / "evidence"),
            "SECRET_KEY": "of-this-test-only-0123456789-0123456789-0123456789",
            "DATABASE_URL": database_url,
            "REDIS_URL": "",
        }
        folder.mkdir()

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(part) for part in command],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
            timeout=TEN_MINUTES,
        )  # fmt: skip

    def manage(self, *command: str) -> str:
        done = self.run(sys.executable, "manage.py", *command)
        assert done.returncode == 0, done.stderr
        return done.stdout


def lived_in(installation: Installation) -> Installation:
    """With Kon Tum's agencies scoring themselves: people, marks, evidence, a trail."""
    installation.manage("migrate", "--verbosity", "0")
    installation.manage("seed_demo", "--stage", "self_assessment")
    return installation


def counts(installation: Installation) -> str:
    return installation.manage(
        "shell", "-c",
        "from appraisal.models import *; from appraisal.files.store import evidence_store;"
        "print(Mark.objects.count(), Event.objects.count(), Evidence.objects.count(),"
        " len(list(evidence_store().names())))",
    )  # fmt: skip


def there_and_back(old: Installation, new: Installation, backup: Path) -> None:
    done = old.run("bin/backup", backup)
    assert done.returncode == 0, done.stderr
    again = old.run("bin/backup", backup)
    assert again.returncode == 1
    assert "thư mục mới" in again.stderr

    restored = new.run("bin/restore", backup)
    assert restored.returncode == 0, restored.stderr
    assert "Mọi điều kiện đều giữ" in restored.stdout
    assert counts(new) == counts(old)

    over = new.run("bin/restore", backup)
    assert over.returncode == 1
    assert "không trống" in over.stderr


@pytest.mark.xdist_group("backup")
def test_what_was_backed_up_comes_back_on_sqlite(tmp_path: Path) -> None:
    old = lived_in(Installation(tmp_path / "old"))
    there_and_back(old, Installation(tmp_path / "new"), tmp_path / "backup")

    evidence = next((tmp_path / "backup" / "evidence").rglob("*/*/*"))
    evidence.chmod(0o640)
    evidence.write_bytes(evidence.read_bytes() + b"!")
    broken = Installation(tmp_path / "other").run("bin/restore", tmp_path / "backup")
    assert broken.returncode == 1
    assert "không còn nguyên vẹn" in broken.stderr


@pytest.fixture
def two_databases() -> Iterator[tuple[str, str]]:
    """Two empty databases beside the one of the tests."""
    database_url = os.environ["DATABASE_URL"]
    names = [f"parc_backup_{os.getpid()}_{place}" for place in ("old", "new")]
    with psycopg.connect(database_url, autocommit=True) as connection:
        for name in names:
            connection.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(
                    sql.Identifier(name)
                )
            )
    old, new = (urlsplit(database_url)._replace(path=f"/{name}").geturl() for name in names)
    yield old, new
    with psycopg.connect(database_url, autocommit=True) as connection:
        for name in names:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )


@pytest.mark.postgresql
@pytest.mark.xdist_group("backup")
def test_what_was_backed_up_comes_back_on_postgresql(
    tmp_path: Path, two_databases: tuple[str, str]
) -> None:
    old = lived_in(Installation(tmp_path / "old", two_databases[0]))
    there_and_back(old, Installation(tmp_path / "new", two_databases[1]), tmp_path / "backup")
