"""Every address × every person: who reads, who writes, and that nobody learns of others' things.

`PAGES` has one row for each name in the resolver; a name without a row fails. A row says where the
round stands, who may GET and who may POST; everybody else gets 403 or 404 (the same answer whether
the thing exists or not, for who may not know of it). An address that takes no GET, or no POST,
answers 405. A refused POST leaves no event and changes nothing. Strangers see the sign-in page,
and people of another province see 404.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from agencies.models import Jurisdiction, User
from appraisal.models import Event, Mark, Round, StateChange
from tests.cast import Cast
from tests.conftest import Clock
from tests.world import World

SEATS = frozenset(
    {
        "secretary",
        "lead",
        "member",
        "second_member",
        "chair",
        "vice_chair",
        "council_member",
        "auditor",
    }
)
AGENCY = frozenset({"officer", "head"})
AGENCIES = AGENCY | {"other_officer", "other_head"}
EVERYBODY = SEATS | AGENCIES | {"administrator", "nobody"}
TABLE = SEATS - {"member", "second_member"}
BENCH = SEATS - {"chair", "vice_chair", "council_member"}
KEEPERS = frozenset({"secretary", "administrator"})
SECRETARY, ADMINISTRATOR = frozenset({"secretary"}), frozenset({"administrator"})
TEAM_MEMBERS = frozenset({"member", "second_member"})
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    """Who may GET and POST; None: the method is not taken and answers 405."""

    staging: str
    get: frozenset[str] | None
    post: frozenset[str] | None = None


PAGES: dict[str, Row] = {
    # accounts and register
    "agencies:sign-in": Row("open", EVERYBODY, EVERYBODY),
    "agencies:sign-out": Row("open", None, EVERYBODY),
    "agencies:password-change": Row("open", EVERYBODY, EVERYBODY),
    "agencies:password-reset": Row("open", EVERYBODY, EVERYBODY),
    "agencies:password-reset-sent": Row("open", EVERYBODY),
    "agencies:password-reset-confirm": Row("open", EVERYBODY, EVERYBODY),
    "agencies:profile": Row("open", EVERYBODY, EVERYBODY),
    "agencies:language": Row("open", None, EVERYBODY),
    "agencies:people": Row("open", KEEPERS),
    "agencies:people-invite": Row("open", KEEPERS, KEEPERS),
    "agencies:people-edit": Row("open", ADMINISTRATOR, ADMINISTRATOR),
    "agencies:people-disable": Row("open", ADMINISTRATOR, ADMINISTRATOR),
    "agencies:people-enable": Row("open", NOBODY, NOBODY),
    "agencies:people-reinvite": Row("open", None, KEEPERS),
    "agencies:register": Row("open", KEEPERS),
    "agencies:register-new": Row("open", SECRETARY, SECRETARY),
    "agencies:register-merge": Row("open", SECRETARY, SECRETARY),
    "agencies:register-history": Row("open", KEEPERS),
    "agencies:register-rename": Row("open", SECRETARY, SECRETARY),
    "agencies:groups": Row("open", KEEPERS),
    "agencies:group-new": Row("open", SECRETARY, SECRETARY),
    "agencies:group-edit": Row("open", SECRETARY, SECRETARY),
    # the agency
    "appraisal:home": Row("open", EVERYBODY),
    "appraisal:dossiers-show": Row("open", AGENCY | SEATS),
    "appraisal:dossiers-check": Row("open", AGENCY | SEATS),
    "appraisal:dossiers-submit": Row("open", None, frozenset({"head"})),
    "appraisal:dossiers-withdraw": Row("open", NOBODY, NOBODY),
    "appraisal:offline-download": Row("open", AGENCY),
    "appraisal:offline-upload": Row("open", AGENCY, AGENCY),
    "appraisal:offline-merge": Row("open", AGENCY, AGENCY),
    "appraisal:offline-documents": Row("open", None, AGENCY),
    "appraisal:marks-edit": Row("open", AGENCY | SEATS, AGENCY),
    "appraisal:marks-propose": Row("open", None, AGENCY),
    "appraisal:citations-add": Row("open", None, AGENCY),
    "appraisal:citations-edit": Row("open", AGENCY, AGENCY),
    "appraisal:citations-remove": Row("open", None, AGENCY),
    "appraisal:evidence-list": Row("open", AGENCIES),
    "appraisal:evidence-upload": Row("open", None, AGENCIES),
    "appraisal:evidence-show": Row("open", AGENCY | SEATS, AGENCY),
    "appraisal:evidence-withdraw": Row("open", NOBODY, NOBODY),
    "appraisal:evidence-download": Row("open", AGENCY | SEATS),
    "appraisal:evidence-page": Row("open", AGENCY | SEATS),
    "appraisal:explanations-list": Row("explanation", AGENCY | SEATS),
    "appraisal:explanations-edit": Row("explanation", AGENCY | SEATS, AGENCY),
    "appraisal:trail-dossier": Row("open", AGENCY | SEATS),
    "appraisal:results-dossier": Row("published", AGENCY | SEATS),
    # setting a round up
    "appraisal:rounds-list": Row("open", EVERYBODY),
    "appraisal:rounds-new": Row("open", SECRETARY, SECRETARY),
    "appraisal:rounds-show": Row("open", SEATS),
    "appraisal:rounds-settings": Row("draft", SEATS, SECRETARY),
    "appraisal:rounds-copy": Row("open", SECRETARY, SECRETARY),
    "appraisal:rounds-open": Row("draft", SECRETARY, SECRETARY),
    "appraisal:trail-round": Row("open", SEATS),
    "appraisal:windows-edit": Row("draft", SEATS, SECRETARY),
    "appraisal:bands-edit": Row("draft", SEATS, SECRETARY),
    "appraisal:seats-list": Row("draft", SEATS),
    "appraisal:seats-add": Row("draft", SECRETARY, SECRETARY),
    "appraisal:seats-remove": Row("draft", SECRETARY, SECRETARY),
    "appraisal:seats-authorize": Row("draft", SECRETARY, SECRETARY),
    "appraisal:participants-edit": Row("draft", SEATS, SECRETARY),
    "appraisal:criteria-list": Row("draft", SEATS),
    "appraisal:criteria-show": Row("draft", SEATS),
    "appraisal:criteria-import": Row("draft", SECRETARY, SECRETARY),
    "appraisal:criteria-confirm": Row("draft", SECRETARY, SECRETARY),
    "appraisal:criteria-export": Row("draft", SEATS),
    "appraisal:criteria-template": Row("draft", SEATS),
    "appraisal:assignments-edit": Row("draft", SEATS, SECRETARY | {"lead"}),
    "appraisal:assignments-default": Row("draft", None, SECRETARY | {"lead"}),
    "appraisal:survey-show": Row("open", SEATS),
    "appraisal:survey-import": Row("open", SECRETARY, SECRETARY),
    "appraisal:survey-confirm": Row("open", SECRETARY, SECRETARY),
    "appraisal:survey-template": Row("open", SEATS),
    "appraisal:extensions-new": Row("open", SECRETARY, SECRETARY),
    # the team
    "appraisal:bench-show": Row("appraisal", BENCH),
    "appraisal:bench-workbook": Row("appraisal", TEAM_MEMBERS),
    "appraisal:bench-upload": Row("appraisal", TEAM_MEMBERS, TEAM_MEMBERS),
    "appraisal:bench-merge": Row("appraisal", frozenset({"member"}), frozenset({"member"})),
    "appraisal:corrections-new": Row("appraisal", frozenset({"lead"}), frozenset({"lead"})),
    "appraisal:corrections-confirm": Row("appraisal", frozenset({"lead"}), frozenset({"lead"})),
    "appraisal:bench-mark": Row("appraisal", None, frozenset({"member"})),
    "appraisal:bench-ask": Row("appraisal", None, frozenset({"member"})),
    "appraisal:bench-unask": Row("appraisal", None, frozenset({"member"})),
    "appraisal:bench-remark": Row(
        "appraisal", None, frozenset({"member", "second_member", "lead"})
    ),
    "appraisal:bench-remark-remove": Row(
        "appraisal", None, frozenset({"member", "second_member", "lead"})
    ),
    "appraisal:progress-show": Row("appraisal", frozenset({"secretary", "lead", "auditor"})),
    "appraisal:dossiers-send-back": Row("appraisal", frozenset({"lead"}), frozenset({"lead"})),
    "appraisal:reports-list": Row("appraisal", SEATS),
    "appraisal:reports-edit": Row(
        "appraisal",
        frozenset({"member", "second_member", "lead"}),
        frozenset({"member", "second_member", "lead"}),
    ),
    # the council
    "appraisal:problems-show": Row("council", TABLE),
    "appraisal:table-show": Row("council", TABLE),
    "appraisal:table-derivation": Row("council", TABLE),
    "appraisal:rounds-convene": Row("after", SECRETARY, SECRETARY),
    "appraisal:rounds-reopen-team": Row("council", SECRETARY, SECRETARY),
    "appraisal:rounds-consolidate": Row("council", SECRETARY, SECRETARY),
    "appraisal:rounds-return": Row(
        "consolidated",
        SECRETARY | {"chair", "vice_chair"},
        SECRETARY | {"chair", "vice_chair"},
    ),
    "appraisal:meetings-list": Row("council", TABLE),
    "appraisal:meetings-new": Row("council", SECRETARY, SECRETARY),
    "appraisal:meetings-edit": Row("council", SECRETARY, SECRETARY),
    "appraisal:disputes-list": Row("council", TABLE),
    "appraisal:rulings-edit": Row("council", TABLE, SECRETARY),
    "appraisal:approvals-new": Row("consolidated", TABLE, frozenset({"chair"})),
    "appraisal:rounds-publish": Row("approved", SECRETARY, SECRETARY),
    "appraisal:papers-list": Row("consolidated", TABLE),
    "appraisal:papers-make": Row("consolidated", None, SECRETARY | {"chair", "vice_chair"}),
    "appraisal:papers-make-all": Row("consolidated", None, SECRETARY | {"chair", "vice_chair"}),
    "appraisal:papers-bundle": Row("consolidated", TABLE),
    "appraisal:papers-show": Row("consolidated", TABLE),
    "appraisal:papers-download": Row("consolidated", TABLE),
    "appraisal:papers-dossier": Row("consolidated", AGENCY | SEATS),
    "appraisal:papers-settings": Row("open", SECRETARY),
    "appraisal:papers-settings-edit": Row("open", SECRETARY, SECRETARY),
    "appraisal:papers-letterhead": Row("open", SECRETARY, SECRETARY),
    "appraisal:papers-bases": Row("open", SECRETARY, SECRETARY),
    "appraisal:results-list": Row("published", AGENCIES | SEATS),
    "appraisal:results-export": Row("published", TABLE),
    "appraisal:results-exports": Row("published", TABLE),
    "appraisal:past-compare": Row("published", SEATS | AGENCIES),
    "appraisal:past-list": Row("published", SEATS | AGENCIES),
    "appraisal:past-import": Row("published", SECRETARY, SECRETARY),
    "appraisal:past-confirm": Row("published", SECRETARY, SECRETARY),
    # papers signed and issued, and checked by anybody
    "appraisal:papers-sign": Row(
        "consolidated",
        SECRETARY | {"chair", "vice_chair"},
        SECRETARY | {"chair", "vice_chair"},
    ),
    "appraisal:papers-signatures": Row("consolidated", TABLE),
    "appraisal:papers-issue": Row("approved", SECRETARY, SECRETARY),
    "appraisal:papers-issued": Row("approved", TABLE),
    "appraisal:templates-list": Row("open", SECRETARY),
    "appraisal:templates-upload": Row("open", SECRETARY, SECRETARY),
    "appraisal:templates-builtin": Row("open", SECRETARY),
    "appraisal:templates-show": Row("open", SECRETARY),
    "appraisal:templates-file": Row("open", SECRETARY),
    "appraisal:templates-preview": Row("open", SECRETARY),
    "appraisal:templates-page": Row("open", SECRETARY),
    "appraisal:templates-force": Row("open", SECRETARY, SECRETARY),
    "appraisal:templates-retire": Row("open", SECRETARY, SECRETARY),
    "appraisal:verify-new": Row("open", EVERYBODY, EVERYBODY),
    "appraisal:verify-show": Row("open", EVERYBODY),
    "appraisal:healthz": Row("open", EVERYBODY),
    "appraisal:styleguide": Row("open", EVERYBODY),
}

# Without an account: signing in, the forgotten password, the check of a paper, the load balancer.
# (Choosing a language leads to the sign-in page by itself.)
WITHOUT_SIGN_IN = {
    "agencies:sign-in",
    "agencies:password-reset",
    "agencies:password-reset-sent",
    "agencies:password-reset-confirm",
    "appraisal:verify-new",
    "appraisal:verify-show",
    "appraisal:healthz",
    "appraisal:styleguide",
}


def addresses() -> Iterator[tuple[str, set[str]]]:
    """Every named address with the names of its arguments."""

    def walk(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, set[str]]]:
        for item in resolver.url_patterns:
            if isinstance(item, URLResolver):
                yield from walk(item, item.namespace or namespace)
            elif isinstance(item, URLPattern):
                yield f"{namespace}:{item.name}", set(item.pattern.converters)

    yield from walk(get_resolver(), "")


ARGUMENTS = dict(addresses())


def url(world: World, name: str) -> str:
    return reverse(name, kwargs=world.arguments(name, ARGUMENTS[name]))


def test_every_address_has_a_row() -> None:
    assert set(PAGES) == set(ARGUMENTS)


@pytest.mark.parametrize("name", PAGES)
def test_who_gets_in(cast: Cast, client: Client, clock: Clock, name: str) -> None:
    row = PAGES[name]
    world = World(cast, row.staging)
    clock.set(world.at)
    address = url(world, name)
    answers: dict[str, int] = {}
    for key, user in cast.people.items():
        client.force_login(user)
        answers[key] = client.get(address).status_code
    if row.get is None:
        assert set(answers.values()) == {405}
        return
    got_in = {key for key, status in answers.items() if status in {200, 302}}
    assert got_in == row.get
    assert {answers[key] for key in EVERYBODY - row.get} <= {403, 404}
    for key in row.get:
        client.force_login(cast.people[key])
        assert client.head(address).status_code == answers[key]
        break


def traces(cast: Cast) -> tuple[int, int, int, str]:
    return (
        Event.objects.count(),
        StateChange.objects.count(),
        Mark.objects.count(),
        Round.objects.get(pk=cast.round.pk).state,
    )


@pytest.mark.parametrize("name", [name for name in PAGES if name != "agencies:sign-out"])
def test_who_writes(cast: Cast, client: Client, clock: Clock, name: str) -> None:
    row = PAGES[name]
    world = World(cast, row.staging)
    clock.set(world.at)
    address = url(world, name)
    before = traces(cast)
    writers = row.post or NOBODY
    for key in sorted(EVERYBODY - writers):
        client.force_login(cast.people[key])
        status = client.post(address).status_code
        expected = {405, 403, 404} if row.post is None else {403, 404}
        assert status in expected, f"{key}: {status}"
    assert traces(cast) == before
    for key in sorted(writers)[:1]:
        client.force_login(cast.people[key])
        assert client.post(address).status_code in {200, 302, 400, 409, 422}, key


@pytest.mark.parametrize("name", [name for name in PAGES if name != "agencies:language"])
def test_a_stranger_sees_the_sign_in_page(
    cast: Cast, client: Client, clock: Clock, name: str
) -> None:
    world = World(cast, PAGES[name].staging)
    clock.set(world.at)
    for answer in (client.get(url(world, name)), client.post(url(world, name))):
        to_sign_in = answer.status_code == 302 and "/sign-in/" in answer.headers["Location"]
        assert to_sign_in is (name not in WITHOUT_SIGN_IN), answer.status_code


OF_A_THING = [name for name, keys in ARGUMENTS.items() if "pk" in keys]


@pytest.mark.parametrize("name", OF_A_THING)
def test_nothing_of_a_province_exists_for_another(
    cast: Cast, client: Client, clock: Clock, name: str
) -> None:
    """Whoever one is elsewhere, with every right there: 404 here."""
    world = World(cast, PAGES[name].staging)
    clock.set(world.at)
    elsewhere = Jurisdiction.objects.create(
        code="gia-lai", name="Gia Lai", place="Pleiku", committee="UBND tỉnh Gia Lai", council="HĐ"
    )
    secretariat = User.objects.create_user(
        "thuky@gialai.example.vn", "x", full_name="Người Gia Lai", jurisdiction=elsewhere,
        is_secretariat=True,
    )  # fmt: skip
    keeper = User.objects.create_user(
        "quantri@gialai.example.vn", "x", full_name="Quản trị Gia Lai", jurisdiction=elsewhere,
        is_administrator=True,
    )  # fmt: skip
    row = PAGES[name]
    for user in (secretariat, keeper):
        client.force_login(user)
        if row.get is not None:
            assert client.get(url(world, name)).status_code == 404
        if row.post is not None:
            assert client.post(url(world, name)).status_code in {403, 404}
