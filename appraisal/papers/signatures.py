"""The digital signatures of a file as pages show them, read in a child without a network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

from django.conf import settings

from appraisal.files import child

SECONDS: Final = 20
MEGABYTES: Final = 700
CERTIFICATES: Final = frozenset({".pem", ".crt", ".cer"})


@dataclass(frozen=True)
class SignatureFact:
    """One signature. `trusted` is None where this installation names no authority it trusts.

    `intact`: what was signed is unchanged, and nothing but further signatures came after it.
    `covers_all`: it covers the file to its end. `serial` is the certificate's, in hexadecimal.
    """

    signer: str
    organisation: str
    issuer: str
    serial: str
    signed_at: datetime | None
    intact: bool
    trusted: bool | None
    covers_all: bool


def read_signatures(path: Path, name: str, at: datetime) -> list[dict[str, Any]]:
    """The signatures of a PDF as plain values, the oldest first; trust is that of moment `at`.

    `name` is the file's display name. Raises Refused for what is no sound PDF.
    """
    found = child.run(
        "appraisal.documents.reading:signatures",
        str(path), name, trust_roots(), at.isoformat(),
        seconds=SECONDS, megabytes=MEGABYTES, name=name,
    )  # fmt: skip
    return cast(list[dict[str, Any]], found)


def facts(values: Iterable[dict[str, Any]]) -> tuple[SignatureFact, ...]:
    """Stored values as pages show them."""
    return tuple(
        SignatureFact(
            signer=value["signer"],
            organisation=value["organisation"],
            issuer=value["issuer"],
            serial=value["serial"],
            signed_at=datetime.fromisoformat(value["signed_at"]) if value["signed_at"] else None,
            intact=value["intact"],
            trusted=value["trusted"],
            covers_all=value["covers_all"],
        )
        for value in values
    )


def trust_roots() -> list[str]:
    """The certificates that this installation trusts, as paths."""
    if not settings.SIGNING_TRUST_ROOTS:
        return []
    kept = Path(settings.SIGNING_TRUST_ROOTS).iterdir()
    return sorted(str(path) for path in kept if path.suffix.lower() in CERTIFICATES)
