"""What the forms hand to the workflow: values of one person's rights and of one agency's row."""

from __future__ import annotations

from dataclasses import dataclass

from agencies.models import Agency, AgencyGroup, Capacity


@dataclass(frozen=True)
class Rights:
    """What a person is in the province: the part of an account that others decide."""

    agency: Agency | None = None
    capacity: str = Capacity.NONE
    position: str = ""
    is_secretariat: bool = False
    is_administrator: bool = False

    @property
    def needs_an_administrator(self) -> bool:
        return self.is_secretariat or self.is_administrator

    def in_words(self) -> str:
        words = [str(Capacity(self.capacity).label)]
        if self.agency:
            words.append(self.agency.name)
        if self.position:
            words.append(self.position)
        if self.is_secretariat:
            words.append("cơ quan thường trực")
        if self.is_administrator:
            words.append("quản trị kỹ thuật")
        return ", ".join(words)


@dataclass(frozen=True)
class Entry:
    """How an agency is entered: the row that begins."""

    code: str
    name: str
    group: AgencyGroup
