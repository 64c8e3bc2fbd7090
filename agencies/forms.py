"""What is typed on the pages of accounts and of the register, checked and cleaned; nothing saved.

Every form names its fields. Choices hold only objects of the person's own province.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from agencies.days import today
from agencies.fields import CHOICE, Code, Day, Mail, Phone, Secret, Text
from agencies.models import Agency, AgencyGroup, Capacity, User
from agencies.values import Entry, Rights

NAME_LIMIT = 250


def agencies_in_force(user: User, also: int | None = None) -> QuerySet[Agency]:
    """The agencies of the person's province that exist today, and one that may be past."""
    own = Agency.objects.filter(jurisdiction=user.jurisdiction_id)
    offered = own.in_force(today())
    if also is not None:
        offered |= own.filter(pk=also)
    return offered.order_by("group__position", "name")


def groups_of(user: User) -> QuerySet[AgencyGroup]:
    return AgencyGroup.objects.filter(jurisdiction=user.jurisdiction_id)


def _offer(form: forms.Form, name: str, choices: QuerySet[Any]) -> None:
    """Offer only these objects in a field of choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = choices


# --- Signing in ----------------------------------------------------------------------------
class SignInForm(forms.Form):
    email = Mail(widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}))
    password = Secret(label=gettext_lazy("Mật khẩu"), autocomplete="current-password")


class ResetForm(forms.Form):
    email = Mail(widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}))


def _weakness(error: ValidationError) -> str:
    """Django's objections to a password, in words of our own: its Vietnamese has gaps."""
    if error.code == "password_too_short":
        least = (error.params or {})["min_length"]
        return _("Mật khẩu cần ít nhất %(least)s ký tự.") % {"least": least}
    if error.code == "password_too_similar":
        return _("Mật khẩu quá giống họ tên hoặc địa chỉ thư điện tử. Hãy chọn mật khẩu khác.")
    if error.code == "password_entirely_numeric":
        return _("Mật khẩu không được chỉ gồm chữ số.")
    return _("Mật khẩu này quá phổ biến, dễ bị đoán. Hãy chọn mật khẩu khác.")


class NewPasswordForm(forms.Form):
    """A new password, typed twice, judged for the person who will have it."""

    new_password1 = Secret(
        label=gettext_lazy("Mật khẩu mới"),
        autocomplete="new-password",
        help_text=gettext_lazy(
            "Ít nhất 12 ký tự; nên dùng một câu dễ nhớ. Không dùng họ tên, địa chỉ thư điện tử,"
            " mật khẩu phổ biến hay chỉ toàn chữ số."
        ),
    )
    new_password2 = Secret(label=gettext_lazy("Nhập lại mật khẩu mới"), autocomplete="new-password")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        first = self.cleaned_data.get("new_password1")
        again = self.cleaned_data.get("new_password2")
        if first and again and first != again:
            self.add_error("new_password2", _("Hai lần nhập mật khẩu không giống nhau."))
        elif first:
            try:
                password_validation.validate_password(first, self.user)
            except ValidationError as weak:
                for error in weak.error_list:
                    self.add_error("new_password1", _weakness(error))
        return self.cleaned_data


class PasswordChangeForm(NewPasswordForm):
    old_password = Secret(label=gettext_lazy("Mật khẩu hiện tại"), autocomplete="current-password")
    field_order = ["old_password", "new_password1", "new_password2"]

    @sensitive_variables()
    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        if not self.user.check_password(old):
            raise ValidationError(_("Mật khẩu hiện tại chưa đúng. Hãy nhập lại."))
        return old


class ProfileForm(forms.Form):
    full_name = Text(
        label=gettext_lazy("Họ và tên"),
        limit=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    position = Text(
        label=gettext_lazy("Chức vụ"),
        limit=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    phone = Phone(label=gettext_lazy("Điện thoại"), required=False)


# --- People --------------------------------------------------------------------------------
class PeopleFilter(forms.Form):
    """The search over a list of people; what cannot be read is left out of the search."""

    STATES = [
        ("", gettext_lazy("Mọi tài khoản")),
        ("active", gettext_lazy("Đang hoạt động")),
        ("never", gettext_lazy("Chưa đăng nhập lần nào")),
        ("disabled", gettext_lazy("Đã khóa")),
    ]
    q = Text(label=gettext_lazy("Tên hoặc thư điện tử"), limit=150, required=False)
    agency = forms.ModelChoiceField(
        Agency.objects.none(),
        label=gettext_lazy("Cơ quan"),
        required=False,
        empty_label=gettext_lazy("Mọi cơ quan"),
        error_messages=CHOICE,
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Tình trạng"), choices=STATES, required=False, error_messages=CHOICE
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "agency", agencies_in_force(user))


class RightsForm(forms.Form):
    """What a person is in the province. Only who may grant sees the two province-wide rights."""

    agency = forms.ModelChoiceField(
        Agency.objects.none(),
        label=gettext_lazy("Cơ quan"),
        required=False,
        empty_label=gettext_lazy("Không thuộc cơ quan nào trong danh mục"),
        error_messages=CHOICE,
    )
    capacity = forms.ChoiceField(
        label=gettext_lazy("Vai trò trong cơ quan"),
        choices=Capacity.choices,
        required=False,
        error_messages=CHOICE,
        help_text=gettext_lazy(
            "Cán bộ đầu mối nhập điểm tự chấm; thủ trưởng nộp hồ sơ. Vai trò trong Hội đồng và"
            " Tổ giúp việc được giao ở từng đợt đánh giá."
        ),
    )
    position = Text(label=gettext_lazy("Chức vụ"), limit=200, required=False)
    is_secretariat = forms.BooleanField(
        label=gettext_lazy("Thuộc cơ quan thường trực: mở đợt đánh giá, giữ danh mục cơ quan"),
        required=False,
    )
    is_administrator = forms.BooleanField(
        label=gettext_lazy("Quản trị kỹ thuật: chỉ giữ tài khoản, không tham gia chấm điểm"),
        required=False,
    )

    def __init__(
        self, *args: Any, by: User, may_grant: bool, person: User | None = None, **kwargs: Any
    ) -> None:
        self.person = person
        super().__init__(*args, **kwargs)
        _offer(self, "agency", agencies_in_force(by, also=person.agency_id if person else None))
        if not may_grant:
            del self.fields["is_secretariat"], self.fields["is_administrator"]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("capacity") and "agency" in data and data["agency"] is None:
            self.add_error("agency", _("Hãy chọn cơ quan mà người này nhập liệu hoặc nộp hồ sơ."))
        if data.get("is_administrator") and (data.get("capacity") or data.get("is_secretariat")):
            self.add_error(
                "is_administrator",
                _(
                    "Quản trị kỹ thuật không giữ vai trò nghiệp vụ. Hãy bỏ vai trò trong cơ quan và"
                    " quyền của cơ quan thường trực, hoặc bỏ quyền quản trị."
                ),
            )
        return data

    def rights(self) -> Rights:
        """The rights that were typed; a right that is not on the form stays as it is."""
        data, person = self.cleaned_data, self.person
        return Rights(
            agency=data["agency"],
            capacity=data["capacity"],
            position=data["position"],
            is_secretariat=data.get("is_secretariat", bool(person and person.is_secretariat)),
            is_administrator=data.get("is_administrator", bool(person and person.is_administrator)),
        )


class InviteForm(RightsForm):
    email = Mail(help_text=gettext_lazy("Dùng làm tên đăng nhập; lời mời được gửi tới đây."))
    full_name = Text(label=gettext_lazy("Họ và tên"), limit=150)
    field_order = ["email", "full_name", "position", "agency", "capacity"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if User.objects.filter(email=email).exists():
            raise ValidationError(_("Địa chỉ thư điện tử này đã có tài khoản."))
        return email


class ReasonForm(forms.Form):
    reason = Text(
        label=gettext_lazy("Lý do"),
        limit=500,
        lines=True,
        help_text=gettext_lazy("Được ghi vào nhật ký, ví dụ: chuyển công tác từ 01/12/2026."),
    )


# --- Register ------------------------------------------------------------------------------
class RegisterFilter(forms.Form):
    STATES = [
        ("", gettext_lazy("Đang hoạt động")),
        ("past", gettext_lazy("Đã kết thúc")),
        ("all", gettext_lazy("Tất cả")),
    ]
    q = Text(label=gettext_lazy("Tên hoặc mã cơ quan"), limit=150, required=False)
    group = forms.ModelChoiceField(
        AgencyGroup.objects.none(),
        label=gettext_lazy("Nhóm"),
        required=False,
        empty_label=gettext_lazy("Mọi nhóm"),
        error_messages=CHOICE,
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Tình trạng"), choices=STATES, required=False, error_messages=CHOICE
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "group", groups_of(user))


class EntryForm(forms.Form):
    """An agency's row that begins on a day."""

    code = Code(label=gettext_lazy("Mã cơ quan"))
    name = Text(label=gettext_lazy("Tên cơ quan"), limit=NAME_LIMIT)
    group = forms.ModelChoiceField(
        AgencyGroup.objects.none(),
        label=gettext_lazy("Nhóm"),
        empty_label=gettext_lazy("Chọn nhóm"),
        error_messages=CHOICE,
    )
    first_day = Day(label=gettext_lazy("Hoạt động từ ngày"))

    def __init__(self, user: User, *args: Any, replacing: Agency | None = None, **kw: Any) -> None:
        self.user, self.replacing = user, replacing
        super().__init__(*args, **kw)
        _offer(self, "group", groups_of(user))
        if replacing:
            self.fields["first_day"].label = _("Mang tên mới từ ngày")

    def clean(self) -> dict[str, Any]:
        data, old = self.cleaned_data, self.replacing
        code, day = data.get("code"), data.get("first_day")
        closing = [old.pk] if old else []
        if code and day and _taken(self.user, code, day, closing):
            self.add_error("code", _("Mã này đang được một cơ quan khác dùng."))
        if old and day:
            _check_first_day(self, [old], day)
        return data

    def entry(self) -> Entry:
        data = self.cleaned_data
        return Entry(code=data["code"], name=data["name"], group=data["group"])


class MergeForm(forms.Form):
    """Agencies that end on a day, and the one that follows them: an existing or a new one."""

    closing = forms.ModelMultipleChoiceField(
        Agency.objects.none(),
        label=gettext_lazy("Các cơ quan kết thúc hoạt động"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={**CHOICE, "required": gettext_lazy("Hãy chọn ít nhất một cơ quan.")},
    )
    first_day = Day(label=gettext_lazy("Sáp nhập từ ngày"))
    successor = forms.ModelChoiceField(
        Agency.objects.none(),
        label=gettext_lazy("Cơ quan tiếp nhận"),
        required=False,
        empty_label=gettext_lazy("Một cơ quan mới (điền bên dưới)"),
        error_messages=CHOICE,
    )
    code = Code(label=gettext_lazy("Mã cơ quan mới"), required=False)
    name = Text(label=gettext_lazy("Tên cơ quan mới"), limit=NAME_LIMIT, required=False)
    group = forms.ModelChoiceField(
        AgencyGroup.objects.none(),
        label=gettext_lazy("Nhóm của cơ quan mới"),
        required=False,
        empty_label=gettext_lazy("Chọn nhóm"),
        error_messages=CHOICE,
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        living = agencies_in_force(user).filter(valid_to__isnull=True)
        _offer(self, "closing", living)
        _offer(self, "successor", living)
        _offer(self, "group", groups_of(user))

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        closing = list(data.get("closing") or [])
        day, successor = data.get("first_day"), data.get("successor")
        if closing and day:
            _check_first_day(self, closing, day)
        if successor:
            self._check_existing(successor, closing)
        elif "successor" in data:
            self._check_new(closing)
        return data

    def _check_existing(self, successor: Agency, closing: list[Agency]) -> None:
        day = self.cleaned_data.get("first_day")
        if successor in closing:
            self.add_error("successor", _("Cơ quan tiếp nhận không thể cùng lúc kết thúc."))
        elif day and successor.valid_from > day:
            self.add_error("successor", _("Cơ quan này chưa hoạt động vào ngày sáp nhập."))
        if any(self.cleaned_data.get(name) for name in ("code", "name", "group")):
            self.add_error(
                "successor",
                _("Đã chọn cơ quan có sẵn thì để trống phần cơ quan mới, hoặc ngược lại."),
            )

    def _check_new(self, closing: list[Agency]) -> None:
        data = self.cleaned_data
        for name in ("code", "name", "group"):
            if name in data and not data[name]:
                self.add_error(name, _("Hãy điền mục này hoặc chọn một cơ quan tiếp nhận có sẵn."))
        if len(closing) == 1:
            self.add_error(
                "closing",
                _("Chỉ một cơ quan kết thúc là đổi tên; hãy dùng trang Đổi tên cơ quan."),
            )
        code, day = data.get("code"), data.get("first_day")
        if code and day and _taken(self.user, code, day, [agency.pk for agency in closing]):
            self.add_error("code", _("Mã này đang được một cơ quan khác dùng."))

    def successor_or_entry(self) -> Agency | Entry:
        data = self.cleaned_data
        if data["successor"]:
            successor: Agency = data["successor"]
            return successor
        return Entry(code=data["code"], name=data["name"], group=data["group"])


def _taken(user: User, code: str, day: Any, closing: list[int]) -> bool:
    same = Agency.objects.filter(jurisdiction=user.jurisdiction_id, code=code)
    in_force = same.filter(valid_to__isnull=True).exclude(pk__in=closing)
    return in_force.exists() or same.filter(valid_from=day).exists()


def _check_first_day(form: forms.Form, closing: list[Agency], day: Any) -> None:
    youngest = max(closing, key=lambda agency: agency.valid_from)
    if day > today():
        form.add_error(
            "first_day", _("Ngày hiệu lực không được ở tương lai. Hãy nhập vào đúng ngày đó.")
        )
    elif day <= youngest.valid_from:
        form.add_error(
            "first_day",
            _("%(name)s hoạt động từ %(day)s, nên ngày hiệu lực phải sau ngày đó.")
            % {"name": youngest.name, "day": youngest.valid_from.strftime("%d/%m/%Y")},
        )


class GroupForm(forms.Form):
    code = Code(label=gettext_lazy("Mã nhóm"), help_text=gettext_lazy("Ví dụ so-nganh."))
    name = Text(label=gettext_lazy("Tên nhóm"), limit=200)
    position = forms.IntegerField(
        label=gettext_lazy("Thứ tự"),
        initial=0,
        help_text=gettext_lazy("Nhóm có số nhỏ đứng trước trong danh sách và phụ lục."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": gettext_lazy("Hãy điền mục này."),
            "invalid": gettext_lazy("Hãy điền một số nguyên từ 0 đến 999."),
        },
    )

    def __init__(self, user: User, *args: Any, group: AgencyGroup | None = None, **kw: Any) -> None:
        self.user = user
        super().__init__(*args, **kw)
        if group:  # the code stays: criteria sets are filed under it
            del self.fields["code"]

    def clean_position(self) -> int:
        position: int = self.cleaned_data["position"]
        if not 0 <= position <= 999:
            raise ValidationError(_("Hãy điền một số nguyên từ 0 đến 999."))
        return position

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if groups_of(self.user).filter(code=code).exists():
            raise ValidationError(_("Mã nhóm này đã có."))
        return code
