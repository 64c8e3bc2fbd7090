"""A small province with one person for each right, and a recorder that collects events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.test import Client

from agencies import trail
from agencies.models import Agency, AgencyGroup, Capacity, Jurisdiction, User

PASSWORD = "Cải-cách-hành-chính-2020"


@dataclass
class Province:
    jurisdiction: Jurisdiction
    group: AgencyGroup
    home: Agency
    health: Agency
    justice: Agency
    administrator: User
    secretary: User
    officer: User
    stranger: User
    foreign_agency: Agency

    def agency(self, code: str, **fields: Any) -> Agency:
        fields.setdefault("name", f"Cơ quan {code}")
        fields.setdefault("valid_from", date(2015, 1, 1))
        return Agency.objects.create(
            jurisdiction=self.jurisdiction, group=self.group, code=code, **fields
        )

    def person(self, email: str, **fields: Any) -> User:
        fields.setdefault("full_name", email.split("@")[0])
        fields.setdefault("jurisdiction", self.jurisdiction)
        return User.objects.create_user(email, PASSWORD, **fields)


def _jurisdiction(code: str, name: str) -> Jurisdiction:
    return Jurisdiction.objects.create(
        code=code,
        name=name,
        place=name,
        committee=f"Ủy ban nhân dân tỉnh {name}",
        council="Hội đồng",
    )


@pytest.fixture
def province(db: None, settings: Any) -> Province:
    settings.LOGIN_REDIRECT_URL = "agencies:profile"
    ours, theirs = _jurisdiction("kon-tum", "Kon Tum"), _jurisdiction("gia-lai", "Gia Lai")
    group = AgencyGroup.objects.create(jurisdiction=ours, code="so", name="Sở, ban, ngành")
    foreign = AgencyGroup.objects.create(jurisdiction=theirs, code="so", name="Sở, ban, ngành")

    def agency(code: str, name: str) -> Agency:
        return Agency.objects.create(
            jurisdiction=ours, group=group, code=code, name=name, valid_from=date(2015, 1, 1)
        )

    home, health = agency("SNV", "Sở Nội vụ"), agency("SYT", "Sở Y tế")
    justice = agency("STP", "Sở Tư pháp")
    ours.standing_agency = home
    ours.save()

    def person(email: str, name: str, **fields: Any) -> User:
        fields.setdefault("jurisdiction", ours)
        return User.objects.create_user(email, PASSWORD, full_name=name, **fields)

    return Province(
        jurisdiction=ours,
        group=group,
        home=home,
        health=health,
        justice=justice,
        administrator=person("quan-tri@kontum.vn", "Quản Trị Viên", is_administrator=True),
        secretary=person("thu-ky@kontum.vn", "Lê Thị Thư", agency=home, is_secretariat=True),
        officer=person("y-blin@kontum.vn", "Y Blin", agency=health, capacity=Capacity.OFFICER),
        stranger=person("khach@gialai.vn", "Người Gia Lai", jurisdiction=theirs),
        foreign_agency=Agency.objects.create(
            jurisdiction=theirs, group=foreign, code="SNV", name="Sở Nội vụ Gia Lai",
            valid_from=date(2015, 1, 1),
        ),
    )  # fmt: skip


@dataclass
class Event:
    jurisdiction: Jurisdiction
    actor: User | None
    action: str
    sentence: str
    data: dict[str, Any]


@pytest.fixture(autouse=True)
def events() -> Iterator[list[Event]]:
    collected: list[Event] = []
    before = list(trail._slot)
    trail.use(lambda *event: collected.append(Event(*event)))
    yield collected
    trail._slot[:] = before


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def as_administrator(province: Province) -> Client:
    return signed_in(province.administrator)


@pytest.fixture
def as_secretary(province: Province) -> Client:
    return signed_in(province.secretary)


@pytest.fixture
def as_officer(province: Province) -> Client:
    return signed_in(province.officer)
