"""Who signs in: Django's own check, and one query for the person with the agency and province."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Exists, OuterRef

from agencies.models import Agency, User


class PersonBackend(ModelBackend):
    """Every page shows the agency and asks for the province, so both come with the person."""

    def get_user(self, user_id: Any) -> User | None:
        person = (
            User.objects.select_related("agency", "jurisdiction")
            .annotate(joined=Exists(Agency.objects.filter(successor=OuterRef("agency"))))
            .filter(pk=user_id)
            .first()
        )
        if person is None or not self.user_can_authenticate(person):
            return None
        person.succeeds = person.joined
        return person
