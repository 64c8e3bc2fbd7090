"""Consolidate a round from a script: the same workflow, the same refusals, as the page."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agencies.models import User
from agencies.verdict import Refusal
from appraisal.models import Round
from appraisal.states import SeatRole
from appraisal.workflow import council


class Command(BaseCommand):
    help = "Counts and seals the result of a round; problems go to stderr, one a line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--round", type=int, required=True, help="id of the round")
        parser.add_argument("--actor", help="e-mail of the secretary; default: the only one")

    def handle(self, *args: Any, **options: Any) -> None:
        round = Round.objects.filter(pk=options["round"]).first()
        if round is None:
            raise CommandError(f"round {options['round']} does not exist")
        try:
            made = council.consolidate(actor_of(round, options["actor"]), round)
        except council.Incomplete as incomplete:
            for problem in incomplete.problems:
                self.stderr.write(f"{problem.kind}: {problem.sentence}")
            raise CommandError(str(incomplete)) from None
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{made.number} {made.fingerprint}")


def actor_of(round: Round, email: str | None) -> User:
    """The person in whose name it happens: named by e-mail, or the round's only secretary."""
    found = (
        User.objects.filter(email=email.lower())
        if email
        else User.objects.filter(seats__round=round, seats__role=SeatRole.SECRETARY).distinct()
    )
    people = list(found[:2])
    if len(people) != 1:
        raise CommandError(f"no user {email}" if email else "name the secretary with --actor")
    return people[0]
