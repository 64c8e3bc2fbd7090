"""Who may keep accounts and the register of agencies, and why not. Reads flags, no database.

Two hands are needed to make somebody powerful: nobody changes the own rights, and who keeps the
accounts has no part in the business (abuse A15; QĐ 742/QĐ-BTTTT).
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.verdict import Verdict, no, yes


# --- People --------------------------------------------------------------------------------
def can_see_people(user: User) -> Verdict:
    if user.is_active and (user.is_administrator or user.is_secretariat):
        return yes()
    return no(_("Danh sách người dùng dành cho quản trị kỹ thuật và cơ quan thường trực của tỉnh."))


def can_invite(user: User) -> Verdict:
    if can_see_people(user):
        return yes()
    return no(_("Chỉ quản trị kỹ thuật và cơ quan thường trực được mời người dùng mới."))


def can_grant(user: User) -> Verdict:
    """Whether the person may make others administrators or members of the secretariat."""
    if user.is_active and user.is_administrator:
        return yes()
    return no(
        _("Chỉ quản trị kỹ thuật được giao quyền quản trị hoặc quyền của cơ quan thường trực.")
    )


def can_edit_person(user: User, person: User) -> Verdict:
    if not (user.is_active and user.is_administrator):
        return no(_("Chỉ quản trị kỹ thuật được sửa, khóa và mở tài khoản."))
    if person.jurisdiction_id != user.jurisdiction_id:
        return no(_("Người này thuộc tỉnh khác."))
    if person.pk == user.pk:
        return no(
            _("Không ai tự đổi quyền của mình. Hãy đề nghị một quản trị kỹ thuật khác thực hiện.")
        )
    return yes()


def can_disable(user: User, person: User) -> Verdict:
    verdict = can_edit_person(user, person)
    if verdict and not person.is_active:
        return no(_("Tài khoản này đã bị khóa."))
    return verdict


def can_enable(user: User, person: User) -> Verdict:
    verdict = can_edit_person(user, person)
    if verdict and person.is_active:
        return no(_("Tài khoản này đang hoạt động."))
    return verdict


def can_reinvite(user: User, person: User) -> Verdict:
    verdict = can_invite(user)
    if not verdict:
        return verdict
    if person.jurisdiction_id != user.jurisdiction_id:
        return no(_("Người này thuộc tỉnh khác."))
    if not person.is_active:
        return no(_("Tài khoản đang bị khóa. Hãy mở tài khoản trước khi gửi lại lời mời."))
    if person.last_login is not None:
        return no(_("Người này đã từng đăng nhập; nếu quên mật khẩu thì chọn “Quên mật khẩu”."))
    if (person.is_administrator or person.is_secretariat) and not user.is_administrator:
        return can_grant(user)
    return yes()


# --- Register ------------------------------------------------------------------------------
def can_see_register(user: User) -> Verdict:
    if user.is_active and (user.is_administrator or user.is_secretariat):
        return yes()
    return no(_("Danh mục cơ quan dành cho cơ quan thường trực và quản trị kỹ thuật của tỉnh."))


def can_keep_register(user: User) -> Verdict:
    """Whether the person may enter, rename and merge agencies and their groups."""
    if user.is_active and user.is_secretariat:
        return yes()
    return no(_("Chỉ cơ quan thường trực được sửa danh mục cơ quan."))


def can_change_agency(user: User, agency: Agency) -> Verdict:
    """Whether the agency may be renamed or merged by this person."""
    verdict = can_keep_register(user)
    if not verdict:
        return verdict
    if agency.jurisdiction_id != user.jurisdiction_id:
        return no(_("Cơ quan này thuộc tỉnh khác."))
    if agency.valid_to is not None:
        return no(
            _("Cơ quan này đã kết thúc hoạt động ngày %s nên không đổi tên hay sáp nhập được nữa.")
            % agency.valid_to.strftime("%d/%m/%Y")
        )
    return yes()
