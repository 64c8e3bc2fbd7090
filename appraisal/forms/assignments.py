"""Who appraises what: two selects for each node of one group's tree, read straight from the data.

No formset: a tree of ninety nodes is a plain table.
"""

from __future__ import annotations

from collections.abc import Collection

from django.http import QueryDict
from django.utils.translation import gettext as _

Key = tuple[int, bool]
"""A criterion's key, and whether the second appraiser is meant."""


class AssignmentsForm:
    """`first_<criterion>` and `second_<criterion>`: a seat's key, or "" for nobody of its own."""

    def __init__(self, data: QueryDict, nodes: Collection[int], seats: Collection[int]) -> None:
        self.data = data
        self.nodes = nodes
        self.seats = {str(seat): seat for seat in seats}
        self.errors: list[str] = []
        self.chosen: dict[Key, int | None] = {}

    def is_valid(self) -> bool:
        self.errors, self.chosen = [], {}
        for node in self.nodes:
            for is_second, name in ((False, f"first_{node}"), (True, f"second_{node}")):
                typed = self.data.get(name)
                if typed is None:
                    continue
                if typed and typed not in self.seats:
                    self.errors = [
                        _("Có thành viên không còn trong Tổ giúp việc. Hãy tải lại trang.")
                    ]
                    return False
                self.chosen[node, is_second] = self.seats[typed] if typed else None
        return True
