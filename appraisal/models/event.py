"""The audit trail: events in hash-chained streams, and the moves of rounds and dossiers.

Both are append-only by trigger. A stream is a dossier, a round, or the province's accounts;
within it every event carries the hash of the one before.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from agencies.models import Jurisdiction
from appraisal.models.dossier import Dossier
from appraisal.models.round import Round


class Event(models.Model):
    """One thing that somebody did, written in the same transaction by the function that did it."""

    stream = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey(
        Round, null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    dossier = models.ForeignKey(
        Dossier, null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_name = models.CharField(max_length=150)
    action = models.CharField(max_length=50)
    sentence = models.TextField()
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["stream", "number"]
        constraints = [
            models.UniqueConstraint(fields=["stream", "number"], name="event_number_once")
        ]
        indexes = [models.Index(fields=["round", "at"], name="event_by_round")]

    def __str__(self) -> str:
        return f"{self.stream} #{self.number} {self.action}"


class StateChange(models.Model):
    """One move of a round or a dossier."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="state_changes")
    dossier = models.ForeignKey(
        Dossier, null=True, blank=True, on_delete=models.PROTECT, related_name="state_changes"
    )
    move = models.CharField(max_length=20)
    old_state = models.CharField(max_length=15)
    new_state = models.CharField(max_length=15)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.move} {self.round_id}"
