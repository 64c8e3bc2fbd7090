"""Brings in survey points from a workbook; problems by cell on stderr, status 0 or 1."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agencies.models import AgencyGroup
from appraisal.management.importing import (
    actor_of,
    add_arguments,
    group_of,
    report,
    round_of,
    tell,
    workbook_at,
)
from appraisal.models import Round
from appraisal.queries.setup import groups_in
from appraisal.workbooks.survey import SurveySheet
from appraisal.workflow import imports


class Command(BaseCommand):
    help = "Import the survey points of one group of an open round."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser)
        parser.add_argument("--group", help="code of the group; not needed when there is only one")

    def handle(self, *args: Any, **options: Any) -> None:
        with report(self):
            round = round_of(options["round"])
            group = self.group(round, options["group"])
            workbook = workbook_at(options["file"])
            if options["check"]:
                sheet = imports.read_survey(round, group, workbook)
                if sheet.blocked:
                    raise imports.Blocked(sheet)
                tell(self, sheet.problems)
                self.stdout.write(f"Đọc được {len(sheet.points)} điểm; chưa nhập (--check).")
                return
            actor = actor_of(round, options["actor"])
            held = imports.hold_survey_import(actor, round, group, workbook)
            sheet = SurveySheet.from_json(held.content)
            tell(self, sheet.problems)
            if imports.warnings_of(sheet.problems) and not options["accept_warnings"]:
                raise CommandError("Có cảnh báo: hãy sửa tệp hoặc thêm --accept-warnings.")
            written = imports.confirm_survey_import(
                actor, held, accept_warnings=options["accept_warnings"]
            )
            self.stdout.write(f"Đã nhập {written} điểm khảo sát cho nhóm {group.name}.")

    def group(self, round: Round, code: str | None) -> AgencyGroup:
        if code:
            return group_of(round, code)
        groups = groups_in(round)
        if len(groups) != 1:
            known = ", ".join(group.code for group in groups)
            raise CommandError(f"Đợt có nhiều nhóm, hãy thêm --group (một trong: {known}).")
        return groups[0]
