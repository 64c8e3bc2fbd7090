"""Who may keep accounts and the register."""

from __future__ import annotations

from agencies import rules
from agencies.models import User
from tests.agencies.conftest import Province


def test_only_administrators_and_the_secretariat_see_people_and_register(
    province: Province,
) -> None:
    for rule in (rules.can_see_people, rules.can_invite, rules.can_see_register):
        assert rule(province.administrator)
        assert rule(province.secretary)
        verdict = rule(province.officer)
        assert not verdict
        assert verdict.reason


def test_only_an_administrator_grants_province_wide_rights(province: Province) -> None:
    assert rules.can_grant(province.administrator)
    assert not rules.can_grant(province.secretary)


def test_only_an_administrator_edits_and_locks_accounts(province: Province) -> None:
    assert rules.can_edit_person(province.administrator, province.officer)
    assert not rules.can_edit_person(province.secretary, province.officer)
    assert not rules.can_disable(province.secretary, province.officer)


def test_nobody_changes_the_own_rights(province: Province) -> None:
    person = province.administrator
    for rule in (rules.can_edit_person, rules.can_disable, rules.can_enable):
        assert "của mình" in rule(person, person).reason


def test_people_of_another_province_are_out_of_reach(province: Province) -> None:
    assert not rules.can_edit_person(province.administrator, province.stranger)
    assert not rules.can_reinvite(province.administrator, province.stranger)
    assert not rules.can_change_agency(province.secretary, province.foreign_agency)


def test_an_administrator_reads_the_register_and_does_not_keep_it(province: Province) -> None:
    assert not rules.can_keep_register(province.administrator)
    assert rules.can_keep_register(province.secretary)


def test_who_has_signed_in_is_not_invited_again(province: Province) -> None:
    assert rules.can_reinvite(province.secretary, province.officer)
    province.officer.last_login = province.officer.created_at
    assert not rules.can_reinvite(province.secretary, province.officer)


def test_the_secretariat_does_not_invite_an_administrator_again(province: Province) -> None:
    assert not rules.can_reinvite(province.secretary, province.administrator)


def test_a_locked_account_loses_every_right(province: Province) -> None:
    for user in (province.administrator, province.secretary):
        user.is_active = False
        assert not rules.can_invite(user)
        assert not rules.can_keep_register(user)
        assert not rules.can_grant(user)
        assert not rules.can_edit_person(user, User(pk=0, jurisdiction=province.jurisdiction))
