"""`manage.py seed_demo`: fills an empty database with Kon Tum 2020, or with a round for load."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from agencies.models import Jurisdiction
from appraisal.demonstration import load, people
from appraisal.demonstration.history import History
from appraisal.demonstration.province import STAGES
from appraisal.models import Paper
from appraisal.models.papers import PaperState

NOT_LOCAL = (
    "Chỉ nạp dữ liệu minh họa trên máy dùng thử (PARC_LOCAL=1): mật khẩu của các tài khoản được in"
    " công khai. Nếu chắc chắn, thêm --force-demo."
)
NOT_EMPTY = (
    "Cơ sở dữ liệu này đã có dữ liệu, không nạp thêm dữ liệu minh họa."
    " Hãy dùng cơ sở dữ liệu trống."
)
NO_PAPER = "Dự thảo quyết định chưa lập được; có thể lập lại ở trang văn bản của đợt."
CLOCK_FILE = "clock_offset"


class Command(BaseCommand):
    help = "Fills an empty database with the demonstration round (Kon Tum 2020) at a stage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stage", choices=STAGES, default="self_assessment")
        parser.add_argument("--password", default=people.PASSWORD, help="of every demo account")
        parser.add_argument(
            "--agencies", type=int, metavar="N",
            help="a round of N invented agencies for load instead of Kon Tum"
            f" (stages {', '.join(load.STAGES)})",
        )  # fmt: skip
        parser.add_argument("--accounts", action="store_true", help="only print the demo accounts")
        parser.add_argument("--force-demo", action="store_true", help="even without PARC_LOCAL")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["accounts"]:
            self._seed(options)
        number, password = options["agencies"], options["password"]
        lines = load.accounts(number, password) if number else people.accounts(password)
        self.stdout.write("\n".join(lines))

    def _seed(self, options: dict[str, Any]) -> None:
        stage, number = options["stage"], options["agencies"]
        if not (settings.LOCAL or options["force_demo"]):
            raise CommandError(NOT_LOCAL)
        if number is not None and (number < 1 or stage not in load.STAGES):
            raise CommandError(
                f"--agencies cần một số từ 1 và một giai đoạn trong: {', '.join(load.STAGES)}."
            )
        with transaction.atomic():
            if Jurisdiction.objects.exists():
                raise CommandError(NOT_EMPTY)
            if number is None:
                History(options["password"]).play(STAGES[stage])
            else:
                load.build(number, stage, options["password"])
        _keep_clock(STAGES[stage])
        if Paper.objects.filter(state=PaperState.FAILED).exists():
            self.stderr.write(NO_PAPER)


def _keep_clock(moment: datetime) -> None:
    """Where `make demo` reads by how many seconds the demonstration's clock is moved."""
    path = Path(settings.VAR_DIR) / CLOCK_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{(moment - timezone.now()).total_seconds():.0f}\n")
