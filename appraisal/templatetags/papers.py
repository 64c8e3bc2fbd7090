"""Papers in templates: the signatures that were kept with a record of issue."""

from __future__ import annotations

from django import template

from appraisal.models import Issue
from appraisal.papers.signatures import SignatureFact, facts

register = template.Library()


@register.simple_tag
def signatures_of(issue: Issue) -> tuple[SignatureFact, ...]:
    """The signatures of the file that was recorded as issued, as they were found then."""
    return facts(issue.signatures)
