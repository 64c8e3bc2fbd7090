"""`manage.py start_province`: a province and its first administrator, in an empty installation."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email, validate_slug

from agencies import mails, workflow
from agencies.models import Jurisdiction, User


class Command(BaseCommand):
    help = "Creates a province and its first administrator; prints the link that sets the password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--code", required=True, help="short name in addresses: kon-tum")
        parser.add_argument("--name", required=True, help='the bare name: "Kon Tum"')
        parser.add_argument("--place", help="place on papers; the name where not given")
        parser.add_argument("--admin-email", required=True)
        parser.add_argument("--admin-name", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        code, email = options["code"], options["admin_email"].lower()
        try:
            validate_slug(code)
            validate_email(email)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if Jurisdiction.objects.filter(code=code).exists():
            raise CommandError(f"{code}: this province exists already")
        if User.objects.filter(email=email).exists():
            raise CommandError(f"{email}: this account exists already")
        administrator = workflow.start_province(
            code=code,
            name=options["name"].strip(),
            place=(options["place"] or options["name"]).strip(),
            email=email,
            full_name=options["admin_name"].strip(),
        )
        self.stdout.write(f"{administrator.jurisdiction}: {administrator.full_name} <{email}>")
        self.stdout.write("Đường dẫn đặt mật khẩu, dùng một lần, trong một giờ:")
        self.stdout.write(mails.password_link(administrator))
