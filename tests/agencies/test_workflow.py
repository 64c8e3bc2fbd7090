"""What a write on accounts and register changes, and what it leaves alone."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core import mail

from agencies import queries, workflow
from agencies.models import Agency, User
from agencies.values import Entry, Rights
from agencies.verdict import Refusal
from tests.agencies.conftest import Event, Province

DAY = date(2025, 7, 1)


def entry(province: Province, code: str, name: str) -> Entry:
    return Entry(code=code, name=name, group=province.group)


def test_a_rename_closes_the_old_row_and_people_move_along(
    province: Province, events: list[Event]
) -> None:
    new = workflow.rename_agency(
        province.secretary, province.health.pk, entry(province, "SYT", "Sở Y tế mới"), first_day=DAY
    )
    province.health.refresh_from_db()
    province.officer.refresh_from_db()
    assert province.health.valid_to == date(2025, 6, 30)
    assert province.health.successor == new
    assert new.valid_from == DAY
    assert new.valid_to is None
    assert province.officer.agency == new
    assert [event.action for event in events] == ["agency-rename"]
    assert "chuyển 1 người dùng" in events[0].sentence


def test_a_rename_of_the_standing_agency_moves_the_standing(province: Province) -> None:
    new = workflow.rename_agency(
        province.secretary, province.home.pk, entry(province, "SNV", "Sở Nội vụ mới"), first_day=DAY
    )
    province.jurisdiction.refresh_from_db()
    assert province.jurisdiction.standing_agency == new


@pytest.mark.parametrize("first_day", [date(2015, 1, 1), date(2014, 12, 31)])
def test_a_rename_must_follow_the_first_day_of_the_agency(
    province: Province, first_day: date
) -> None:
    with pytest.raises(Refusal, match="phải sau ngày đó"):
        workflow.rename_agency(
            province.secretary, province.health.pk, entry(province, "X", "X"), first_day=first_day
        )
    assert Agency.objects.get(pk=province.health.pk).valid_to is None


def test_a_rename_does_not_lie_ahead(province: Province) -> None:
    with (
        time_machine.travel("2025-06-30 09:00:00+07:00"),
        pytest.raises(Refusal, match="tương lai"),
    ):
        workflow.rename_agency(
            province.secretary, province.health.pk, entry(province, "X", "X"), first_day=DAY
        )


def test_an_ended_agency_is_not_renamed_again(province: Province) -> None:
    workflow.rename_agency(
        province.secretary, province.health.pk, entry(province, "Y", "Y"), first_day=DAY
    )
    with pytest.raises(Refusal, match="30/06/2025"):
        workflow.rename_agency(
            province.secretary, province.health.pk, entry(province, "Z", "Z"), first_day=DAY
        )


def test_a_merge_into_a_new_agency_may_keep_a_code_that_ends(province: Province) -> None:
    new = workflow.merge_agencies(
        province.secretary,
        [province.health.pk, province.justice.pk],
        entry(province, "SYT", "Sở Y tế và Tư pháp"),
        first_day=DAY,
    )
    ended = Agency.objects.filter(successor=new)
    assert {agency.code for agency in ended} == {"SYT", "STP"}
    assert {agency.valid_to for agency in ended} == {date(2025, 6, 30)}
    assert queries.ancestry([new.pk]) == {new.pk, province.health.pk, province.justice.pk}


def test_a_merge_into_an_existing_agency_moves_its_people(province: Province) -> None:
    workflow.merge_agencies(province.secretary, [province.health.pk], province.home, first_day=DAY)
    province.officer.refresh_from_db()
    assert province.officer.agency == province.home
    province.home.refresh_from_db()
    assert province.home.valid_to is None


def test_the_successor_of_a_merge_does_not_end_with_it(province: Province) -> None:
    with pytest.raises(Refusal):
        workflow.merge_agencies(
            province.secretary,
            [province.health.pk, province.home.pk],
            province.home,
            first_day=DAY,
        )
    assert not Agency.objects.filter(valid_to__isnull=False).exists()


def test_a_code_in_use_is_not_given_twice(province: Province) -> None:
    with pytest.raises(Refusal, match="SNV"):
        workflow.enter_agency(province.secretary, entry(province, "SNV", "Khác"), first_day=DAY)


def test_the_family_shows_every_beginning_of_the_last_successor(province: Province) -> None:
    merged = workflow.merge_agencies(
        province.secretary,
        [province.health.pk, province.justice.pk],
        entry(province, "A", "A"),
        first_day=DAY,
    )
    last = workflow.rename_agency(
        province.secretary, merged.pk, entry(province, "B", "B"), first_day=date(2026, 1, 1)
    )
    branch = queries.family(province.health)
    assert branch.agency == last
    assert [older.agency for older in branch.before] == [merged]
    oldest = branch.before[0].before
    assert {older.agency for older in oldest} == {province.health, province.justice}
    assert [older.agency for older in oldest if older.is_current] == [province.health]


def test_an_administrator_does_not_change_the_register(province: Province) -> None:
    with pytest.raises(Refusal):
        workflow.enter_agency(province.administrator, entry(province, "X", "X"), first_day=DAY)
    with pytest.raises(Refusal):
        workflow.create_group(province.administrator, code="x", name="X", position=1)


def test_an_invited_person_has_no_password_and_gets_one_mail(
    province: Province, events: list[Event], django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        person = workflow.invite(
            province.secretary, email="Moi@KonTum.vn", full_name="Người Mới", rights=Rights()
        )
    assert person.email == "moi@kontum.vn"
    assert not person.has_usable_password()
    assert [message.to for message in mail.outbox] == [["moi@kontum.vn"]]
    assert "Người Mới" not in mail.outbox[0].subject
    assert [event.action for event in events] == ["person-invite"]


def test_the_secretariat_does_not_invite_with_province_wide_rights(province: Province) -> None:
    for rights in (Rights(is_secretariat=True), Rights(is_administrator=True)):
        with pytest.raises(Refusal):
            workflow.invite(province.secretary, email="a@b.vn", full_name="A", rights=rights)
    assert not User.objects.filter(email="a@b.vn").exists()


def test_a_profile_event_names_fields_and_keeps_no_telephone(
    province: Province, events: list[Event]
) -> None:
    workflow.save_profile(
        province.officer, full_name="Y Blin", position="Chuyên viên", phone="0260 386 2000"
    )
    assert events[0].data == {"changed": ["position", "phone"]}
    assert "0260" not in events[0].sentence
