"""What the pages of both workbooks call the fates of a row that came back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from appraisal.workbooks.merging import Fate


def fates() -> dict[Fate, str]:
    return {
        Fate.MINE: _("chỉ bảng này đổi"),
        Fate.CONFLICT: _("hai bên cùng đổi"),
        Fate.THEIRS: _("chỉ trên hệ thống đổi"),
        Fate.SAME: _("hai bên đổi giống nhau"),
        Fate.UNCHANGED: _("không đổi"),
    }
