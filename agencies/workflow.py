"""What happens when somebody keeps an account or the register: lock, ask, write, remember, tell.

The only writer of people, groups and agencies behind the pages. Every function locks the province
first, so that accounts and register change one after another; then it asks the rule again.
Sentences of the trail stay in Vietnamese, whatever language the actor reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import rules, tasks, trail
from agencies.days import today, written
from agencies.models import Agency, AgencyGroup, Jurisdiction, User
from agencies.values import Entry, Rights
from agencies.verdict import Refusal, enforce


def rights_of(person: User) -> Rights:
    return Rights(
        agency=person.agency,
        capacity=person.capacity,
        position=person.position,
        is_secretariat=person.is_secretariat,
        is_administrator=person.is_administrator,
    )


def _lock(jurisdiction_id: int) -> Jurisdiction:
    return Jurisdiction.objects.select_for_update().get(pk=jurisdiction_id)


def _held_person(actor: User, pk: int) -> User:
    return User.objects.select_related("agency").get(pk=pk, jurisdiction=actor.jurisdiction_id)


def _send_link(person: User, occasion: str) -> None:
    """Send the mail after the commit; a broker that is down undoes nothing that was saved."""
    transaction.on_commit(partial(tasks.send_password_link.delay, person.pk, occasion), robust=True)


@transaction.atomic
def start_province(*, code: str, name: str, place: str, email: str, full_name: str) -> User:
    """A province with its first administrator, for the command of that name; asks no rule.

    Returns the administrator, who has no usable password yet.
    """
    jurisdiction = Jurisdiction.objects.create(
        code=code,
        name=name,
        place=place,
        committee=f"Ủy ban nhân dân tỉnh {name}",
        council=f"Hội đồng kiểm tra, đánh giá, chấm điểm cải cách hành chính nhà nước tỉnh {name}",
    )
    administrator = User.objects.create_user(
        email, None, full_name=full_name, jurisdiction=jurisdiction, is_administrator=True
    )
    trail.record(
        jurisdiction, None, "province-started", f"Lập tỉnh và tài khoản quản trị {full_name}."
    )
    return administrator


# --- Own account ---------------------------------------------------------------------------
@transaction.atomic
def set_password(person: User, password: str) -> None:
    """Set a checked password; sessions signed in with the old one end with it."""
    jurisdiction = _lock(person.jurisdiction_id)
    person.set_password(password)
    person.must_change_password = False
    person.save(update_fields=["password", "must_change_password"])
    trail.record(jurisdiction, person, "password-set", "Đã đặt mật khẩu mới.")


def ask_for_reset(email: str) -> None:
    """Send a reset link to the account with this address, if there is one that may sign in.

    Known or not, the same job is queued, so that neither answer nor time tells which.
    """
    known = User.objects.filter(email=email.lower(), is_active=True).values_list("pk", flat=True)
    pk = known.first() or 0
    transaction.on_commit(partial(tasks.send_password_link.delay, pk, tasks.RESET), robust=True)


@transaction.atomic
def save_profile(person: User, *, full_name: str, position: str, phone: str) -> None:
    """Save what a person says of the own self; rights are not among it."""
    jurisdiction = _lock(person.jurisdiction_id)
    before = {name: getattr(person, name) for name in ("full_name", "position", "phone")}
    person.full_name, person.position, person.phone = full_name, position, phone
    person.save(update_fields=["full_name", "position", "phone", "folded"])
    changed = [name for name, value in before.items() if value != getattr(person, name)]
    if changed:
        # Names of fields only: the trail outlives the right to be forgotten of a phone number.
        trail.record(
            jurisdiction, person, "profile-save", "Đã sửa thông tin cá nhân.", {"changed": changed}
        )


# --- People --------------------------------------------------------------------------------
@transaction.atomic
def invite(actor: User, *, email: str, full_name: str, rights: Rights) -> User:
    """Create an account without a password and send the link to set one.

    Raises Refusal when the address has an account already.
    """
    jurisdiction = _lock(actor.jurisdiction_id)
    enforce(rules.can_invite(actor))
    if rights.needs_an_administrator:
        enforce(rules.can_grant(actor))
    if User.objects.filter(email=email.lower()).exists():
        raise Refusal(_("Địa chỉ thư điện tử này đã có tài khoản."))
    person = User.objects.create_user(
        email,
        None,
        full_name=full_name,
        jurisdiction=jurisdiction,
        agency=rights.agency,
        capacity=rights.capacity,
        position=rights.position,
        is_secretariat=rights.is_secretariat,
        is_administrator=rights.is_administrator,
        invited_at=timezone.now(),
    )
    trail.record(
        jurisdiction,
        actor,
        "person-invite",
        f"Đã mời {person.full_name} ({person.email}): {rights.in_words()}.",
        {"person": person.pk},
    )
    _send_link(person, tasks.INVITATION)
    return person


@transaction.atomic
def reinvite(actor: User, pk: int) -> User:
    """Send the invitation again; links of earlier invitations end by their hour."""
    jurisdiction = _lock(actor.jurisdiction_id)
    person = _held_person(actor, pk)
    enforce(rules.can_reinvite(actor, person))
    person.invited_at = timezone.now()
    person.save(update_fields=["invited_at"])
    trail.record(
        jurisdiction,
        actor,
        "person-reinvite",
        f"Đã gửi lại lời mời cho {person.full_name} ({person.email}).",
        {"person": person.pk},
    )
    _send_link(person, tasks.INVITATION)
    return person


@transaction.atomic
def change_rights(actor: User, pk: int, rights: Rights) -> User:
    """Give a person another agency, capacity, position or province-wide right."""
    jurisdiction = _lock(actor.jurisdiction_id)
    person = _held_person(actor, pk)
    enforce(rules.can_edit_person(actor, person))
    before = rights_of(person)
    if rights == before:
        return person
    person.agency = rights.agency
    person.capacity = rights.capacity
    person.position = rights.position
    person.is_secretariat = rights.is_secretariat
    person.is_administrator = rights.is_administrator
    person.save(
        update_fields=["agency", "capacity", "position", "is_secretariat", "is_administrator"]
    )
    trail.record(
        jurisdiction,
        actor,
        "person-change",
        f"Đã sửa quyền của {person.full_name}: từ {before.in_words()} thành {rights.in_words()}.",
        {"person": person.pk},
    )
    return person


@transaction.atomic
def disable(actor: User, pk: int, reason: str) -> User:
    """Lock an account; its open sessions end at their next request."""
    jurisdiction = _lock(actor.jurisdiction_id)
    person = _held_person(actor, pk)
    enforce(rules.can_disable(actor, person))
    person.is_active = False
    person.save(update_fields=["is_active"])
    trail.record(
        jurisdiction,
        actor,
        "person-disable",
        f"Đã khóa tài khoản của {person.full_name} ({person.email}). Lý do: {reason}",
        {"person": person.pk, "reason": reason},
    )
    return person


@transaction.atomic
def enable(actor: User, pk: int, reason: str) -> User:
    """Let a person sign in again, with the old password."""
    jurisdiction = _lock(actor.jurisdiction_id)
    person = _held_person(actor, pk)
    enforce(rules.can_enable(actor, person))
    person.is_active = True
    person.save(update_fields=["is_active"])
    trail.record(
        jurisdiction,
        actor,
        "person-enable",
        f"Đã mở lại tài khoản của {person.full_name} ({person.email}). Lý do: {reason}",
        {"person": person.pk, "reason": reason},
    )
    return person


# --- Groups --------------------------------------------------------------------------------
@transaction.atomic
def create_group(actor: User, *, code: str, name: str, position: int) -> AgencyGroup:
    jurisdiction = _lock(actor.jurisdiction_id)
    enforce(rules.can_keep_register(actor))
    if jurisdiction.groups.filter(code=code).exists():
        raise Refusal(_("Mã nhóm này đã có."))
    group = AgencyGroup.objects.create(
        jurisdiction=jurisdiction, code=code, name=name, position=position
    )
    trail.record(
        jurisdiction, actor, "group-create", f"Đã thêm nhóm {name} ({code}).", {"group": group.pk}
    )
    return group


@transaction.atomic
def change_group(actor: User, pk: int, *, name: str, position: int) -> AgencyGroup:
    """Rename a group or move it; its code stays, because criteria sets are filed under it."""
    jurisdiction = _lock(actor.jurisdiction_id)
    enforce(rules.can_keep_register(actor))
    group: AgencyGroup = jurisdiction.groups.get(pk=pk)
    before = group.name
    group.name, group.position = name, position
    group.save(update_fields=["name", "position"])
    trail.record(
        jurisdiction,
        actor,
        "group-change",
        f"Đã sửa nhóm {group.code}: từ {before} thành {name}, thứ tự {position}.",
        {"group": group.pk},
    )
    return group


# --- Register ------------------------------------------------------------------------------
@transaction.atomic
def enter_agency(actor: User, entry: Entry, *, first_day: date) -> Agency:
    """Enter an agency that has no predecessor. Raises Refusal when its code is in use."""
    jurisdiction = _lock(actor.jurisdiction_id)
    enforce(rules.can_keep_register(actor))
    agency = _begin(jurisdiction, entry, first_day)
    trail.record(
        jurisdiction,
        actor,
        "agency-enter",
        f"Đã thêm cơ quan {agency.name} ({agency.code}), hoạt động từ {written(first_day)}.",
        {"agency": agency.pk},
    )
    return agency


@transaction.atomic
def rename_agency(actor: User, pk: int, entry: Entry, *, first_day: date) -> Agency:
    """Close the row on the day before and begin its successor; people move along.

    Raises Refusal when the day does not follow the row's own first day or lies ahead.
    """
    jurisdiction = _lock(actor.jurisdiction_id)
    old = Agency.objects.get(pk=pk, jurisdiction=jurisdiction)
    enforce(rules.can_change_agency(actor, old))
    _close([old], first_day)
    new = _begin(jurisdiction, entry, first_day)
    moved = _hand_over(jurisdiction, [old], new)
    trail.record(
        jurisdiction,
        actor,
        "agency-rename",
        f"Từ {written(first_day)}, {old.name} ({old.code}) đổi tên thành {new.name} ({new.code});"
        f" chuyển {moved} người dùng.",
        {"agency": new.pk, "before": [old.pk]},
    )
    return new


@transaction.atomic
def merge_agencies(
    actor: User, closing: Sequence[int], successor: Agency | Entry, *, first_day: date
) -> Agency:
    """Close several agencies on the day before; one that exists, or a new one, follows them.

    Raises Refusal when the day does not follow the first day of every agency or lies ahead, and
    when the successor is itself closed or does not exist yet on that day.
    """
    jurisdiction = _lock(actor.jurisdiction_id)
    enforce(rules.can_keep_register(actor))
    ending = list(Agency.objects.filter(pk__in=closing, jurisdiction=jurisdiction))
    for agency in ending:
        enforce(rules.can_change_agency(actor, agency))
    fewest = 2 if isinstance(successor, Entry) else 1
    if len(ending) < fewest:
        raise Refusal(_("Hãy chọn các cơ quan được sáp nhập."))
    if isinstance(successor, Agency):
        successor = Agency.objects.get(pk=successor.pk, jurisdiction=jurisdiction)
        enforce(rules.can_change_agency(actor, successor))
        if successor in ending or successor.valid_from > first_day:
            raise Refusal(
                _("Cơ quan tiếp nhận phải đang hoạt động vào ngày sáp nhập và không kết thúc.")
            )
    _close(ending, first_day)
    if isinstance(successor, Entry):
        successor = _begin(jurisdiction, successor, first_day)
    moved = _hand_over(jurisdiction, ending, successor)
    names = "; ".join(f"{agency.name} ({agency.code})" for agency in ending)
    trail.record(
        jurisdiction,
        actor,
        "agency-merge",
        f"Từ {written(first_day)}, sáp nhập {names} vào {successor.name} ({successor.code});"
        f" chuyển {moved} người dùng.",
        {"agency": successor.pk, "before": [agency.pk for agency in ending]},
    )
    return successor


def _begin(jurisdiction: Jurisdiction, entry: Entry, first_day: date) -> Agency:
    taken = Agency.objects.filter(jurisdiction=jurisdiction, code=entry.code)
    if taken.filter(valid_to__isnull=True).exists() or taken.filter(valid_from=first_day).exists():
        raise Refusal(_("Mã %s đang được một cơ quan khác dùng.") % entry.code)
    if entry.group.jurisdiction_id != jurisdiction.pk:
        raise Refusal(_("Nhóm này thuộc tỉnh khác."))
    return Agency.objects.create(
        jurisdiction=jurisdiction,
        group=entry.group,
        code=entry.code,
        name=entry.name,
        valid_from=first_day,
    )


def _close(agencies: Sequence[Agency], first_day: date) -> None:
    """End agencies on the day before. People move at once, so the day may not lie ahead."""
    if first_day > today():
        raise Refusal(_("Ngày hiệu lực không được ở tương lai. Hãy nhập vào đúng ngày đó."))
    for agency in agencies:
        if first_day <= agency.valid_from:
            raise Refusal(
                _("%(name)s hoạt động từ %(day)s, nên ngày hiệu lực phải sau ngày đó.")
                % {"name": agency.name, "day": written(agency.valid_from)}
            )
        agency.valid_to = first_day - timedelta(days=1)
        agency.save(update_fields=["valid_to"])


def _hand_over(jurisdiction: Jurisdiction, old: Sequence[Agency], new: Agency) -> int:
    """Link to the successor and move the people along; how many moved."""
    for agency in old:
        agency.successor = new
        agency.save(update_fields=["successor"])
    if jurisdiction.standing_agency_id in {agency.pk for agency in old}:
        jurisdiction.standing_agency = new
        jurisdiction.save(update_fields=["standing_agency"])
    return User.objects.filter(agency__in=old).update(agency=new)
