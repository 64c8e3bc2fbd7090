"""Brings in the criteria of one group; problems by cell on stderr, status 0 or 1."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from appraisal.management.importing import (
    actor_of,
    add_arguments,
    group_of,
    report,
    round_of,
    tell,
    workbook_at,
)
from appraisal.models import CriteriaSet
from appraisal.workbooks.criteria import CriteriaSheet
from appraisal.workflow import imports


class Command(BaseCommand):
    help = "Import the criteria of one group of a round that is not open yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser)
        parser.add_argument("--group", required=True, help="code of the group")
        parser.add_argument("--name", help="name of the criteria set")
        parser.add_argument("--basis", default="", help="the document that issues it")
        parser.add_argument("--illustrative", action="store_true", help="a demonstration set")

    def handle(self, *args: Any, **options: Any) -> None:
        with report(self):
            round = round_of(options["round"])
            group = group_of(round, options["group"])
            workbook = workbook_at(options["file"])
            if options["check"]:
                sheet = imports.read_criteria(round, workbook)
                if sheet.blocked:
                    raise imports.Blocked(sheet)
                tell(self, sheet.problems, sheet.notes)
                self.stdout.write(f"Đọc được {len(sheet.rows)} dòng; chưa nhập (--check).")
                return
            actor = actor_of(round, options["actor"])
            held = imports.hold_criteria_import(actor, round, group, workbook)
            sheet = CriteriaSheet.from_json(held.content)
            tell(self, sheet.problems, sheet.notes)
            present = CriteriaSet.objects.filter(round=round, group=group).first()
            given = imports.SetInput(
                options["name"] or (present.name if present else f"Bộ tiêu chí {group.name}"),
                options["basis"] or (present.basis if present else ""),
                options["illustrative"] or bool(present and present.is_illustrative),
            )
            if imports.warnings_of(sheet.problems) and not options["accept_warnings"]:
                raise CommandError("Có cảnh báo: hãy sửa tệp hoặc thêm --accept-warnings.")
            imports.confirm_criteria_import(
                actor, held, given, accept_warnings=options["accept_warnings"]
            )
            self.stdout.write(f"Đã nhập {len(sheet.rows)} tiêu chí cho nhóm {group.name}.")
