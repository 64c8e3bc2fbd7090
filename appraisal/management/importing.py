"""What the import commands share: their arguments, the round, the acting person, the errors."""

from __future__ import annotations

import hashlib
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from agencies.models import AgencyGroup, User
from agencies.verdict import Refusal
from appraisal.files.refusal import Refused
from appraisal.models import Round
from appraisal.states import SeatRole
from appraisal.workbooks.problems import Problem
from appraisal.workflow.acting import Invalid
from appraisal.workflow.imports import Blocked, Workbook, workbook_name


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the workbook, XLSX or CSV")
    parser.add_argument("--round", type=int, required=True, help="number of the round")
    parser.add_argument("--check", action="store_true", help="read and report, write nothing")
    parser.add_argument("--accept-warnings", action="store_true", help="import in spite of them")
    parser.add_argument("--actor", help="e-mail of who acts; the round's secretary otherwise")


def round_of(pk: int) -> Round:
    round = Round.objects.filter(pk=pk).first()
    if round is None:
        known = ", ".join(f"{one.pk} ({one.name})" for one in Round.objects.all()[:10])
        raise CommandError(f"Không có đợt số {pk}. Các đợt: {known or 'chưa có'}.")
    return round


def group_of(round: Round, code: str) -> AgencyGroup:
    groups = AgencyGroup.objects.filter(jurisdiction=round.jurisdiction_id)
    found = groups.filter(code=code).first()
    if found is None:
        known = ", ".join(groups.values_list("code", flat=True))
        raise CommandError(f"Không có nhóm “{code}”. Các nhóm: {known or 'chưa có'}.")
    return found


def actor_of(round: Round, email: str | None) -> User:
    """The named person, or the first secretary of the round; rules ask the rest."""
    people = User.objects.filter(jurisdiction=round.jurisdiction_id, is_active=True)
    if email:
        person = people.filter(email=email.lower()).first()
        if person is None:
            raise CommandError(f"Không có tài khoản “{email}” trong tỉnh của đợt.")
        return person
    person = people.filter(seats__round=round, seats__role=SeatRole.SECRETARY).first()
    if person is None:
        raise CommandError("Đợt chưa có thư ký; hãy thêm --actor EMAIL.")
    return person


def workbook_at(path: Path) -> Workbook:
    try:
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise CommandError(f"Không đọc được tệp {path}: {error.strerror}.") from None
    return Workbook(path, workbook_name(path.name), digest)


def tell(command: BaseCommand, problems: Iterable[Problem], notes: Iterable[str] = ()) -> None:
    """One line for each problem, by its cell."""
    for problem in problems:
        command.stderr.write(f"{problem.cell or '-'}: {problem.sentence}")
    for note in notes:
        command.stderr.write(f"-: {note}")


@contextmanager
def report(command: BaseCommand) -> Iterator[None]:
    """Turn what stands in the way into lines on stderr and exit status 1."""
    try:
        yield
    except Refused as refused:
        raise CommandError(refused.sentence) from None
    except Refusal as refusal:
        raise CommandError(str(refusal)) from None
    except Invalid as invalid:
        raise CommandError("; ".join(invalid.errors.values())) from None
    except Blocked as blocked:
        tell(command, blocked.sheet.problems)
        raise CommandError("Chưa nhập gì: tệp còn ô sai.") from None
