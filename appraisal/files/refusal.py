"""The one exception that means "we do not take this, and here is why".

It knows no Django at import: a child process raises it too. The sentence travels untranslated with
its values and is put into the reader's language where it is shown.
"""

from collections.abc import Mapping


def gettext_noop(message: str) -> str:
    """Mark a sentence for translation without loading Django."""
    return message


class Refused(Exception):
    """User input that is not accepted.

    `message` is the Vietnamese sentence (a msgid, with %(name)s places for `values`), which names
    the thing and says what to do. `code` is a short English slug for the audit event.
    """

    def __init__(self, message: str, code: str = "refused", **values: str | int) -> None:
        super().__init__(message, code)
        self.message = message
        self.code = code
        self.values: Mapping[str, str | int] = values

    @property
    def sentence(self) -> str:
        """The sentence for the user, in the active language."""
        from django.utils.translation import gettext

        return _filled(gettext(self.message), self.values)

    def __str__(self) -> str:
        return f"{self.code}: {_filled(self.message, self.values)}"


def _filled(message: str, values: Mapping[str, str | int]) -> str:
    # Without values the text may hold a bare percent sign ("75 %").
    return message % values if values else message
