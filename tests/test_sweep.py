"""Every address × every person: who gets in, who does not, and that nobody learns of others' things.

`PAGES` has one row for each name in the resolver; a name without a row fails. A row says who may
GET the page while the round stands where `STAGE_OF` puts it, and everybody else gets 403 or 404.
Addresses that only take POST answer 405 to GET. Objects of another province are 404 for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from agencies.models import User
from appraisal.models import Event
from tests import cast as moments
from tests.cast import Cast, build

EVERYBODY = frozenset(
    {
        "officer",
        "head",
        "other_officer",
        "other_head",
        "secretary",
        "lead",
        "member",
        "second_member",
        "chair",
        "vice_chair",
        "council_member",
        "auditor",
        "administrator",
        "nobody",
    }
)


def names() -> Iterator[str]:
    """Every named address of the two apps."""

    def walk(resolver: URLResolver, namespace: str) -> Iterator[str]:
        for item in resolver.url_patterns:
            if isinstance(item, URLResolver):
                yield from walk(item, item.namespace or namespace)
            elif isinstance(item, URLPattern):
                assert item.name, f"{item.pattern} has no name"
                yield f"{namespace}:{item.name}" if namespace else item.name

    yield from walk(get_resolver(), "")
