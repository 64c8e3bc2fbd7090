"""Files that come back, read inside the child: printed code, attached snapshot, signatures.

Every function takes paths and answers JSON values; `files.child` runs them with limits. Whether a
result was approved is not known here.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import unicodedata
from collections.abc import Coroutine, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from appraisal.documents import sealed
from appraisal.files import kinds, pdfs
from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _

T = TypeVar("T")

MAX_ATTACHMENTS: Final = 50
"""Attachments that are looked at; our papers carry two."""
MAX_SIGNATURES: Final = 20
SCALE: Final = 0.7
"""Pictures that are compared have some 50 dots to the inch: enough to tell any digit apart."""

CERTIFICATE: Final = ("signer", "organisation", "issuer", "serial", "valid_to")

PRINTED: Final = re.compile(
    r"Mã đối chiếu kết quả\s*(?:\(SHA-256\))?\s*:?\s*((?:[0-9a-f]\s*){64})(?![0-9a-f])", re.I
)
ANNEX: Final = re.compile(r"(?:\d+\s+)?Phụ lục(?:\s+[IVXL]+)?\s*\n", re.I)
BLANKS: Final = re.compile(r"\s+")

NO_SNAPSHOT: Final = _("“%(name)s” không mang theo bản niêm phong JSON của kết quả.")
TOO_MANY_SIGNATURES: Final = _("“%(name)s” có quá %(limit)s chữ ký số nên không kiểm tra được.")
TOO_MANY_PAGES: Final = _("“%(name)s” có quá %(limit)s trang nên không kiểm tra được.")


def snapshot_code(path: str) -> str:
    """The fingerprint of the snapshot in a JSON file. Raises Refused."""
    return sealed.fingerprint(sealed.read(Path(path).read_bytes()))


def codes(path: str, name: str) -> dict[str, Any]:
    """What a PDF says of its result: `attached` and `printed` fingerprints, each once.

    Raises Refused for what is no sound PDF, is locked, or has too many pages.
    """
    document = opened(path, name)
    if len(document) > kinds.MAX_PAGES:
        raise Refused(TOO_MANY_PAGES, "too_many_pages", name=name, limit=kinds.MAX_PAGES)
    printed = [code for page in range(len(document)) for code in _printed(text_of(document, page))]
    attached = [sealed.fingerprint(value) for value in _snapshots(document)]
    return {"attached": list(dict.fromkeys(attached)), "printed": list(dict.fromkeys(printed))}


def attached_snapshot(path: str, name: str) -> dict[str, Any]:
    """The snapshot inside a PDF with its printed fingerprints and the text of its pages.

    Raises Refused where there is none, or more than one.
    """
    document = opened(path, name)
    found = list(_snapshots(document))
    if len(found) != 1:
        raise Refused(NO_SNAPSHOT, "no_snapshot", name=name)
    texts = [text_of(document, page) for page in range(len(document))]
    printed = [code for text in texts for code in _printed(text)]
    return {"snapshot": found[0], "printed": list(dict.fromkeys(printed)), "texts": texts}


def is_alike(path: str, ours: str) -> bool:
    """Whether a PDF shows what our own file `ours` shows, but for signatures on its main part.

    The text of every page must be the same and every page must look the same, dot by dot; only a
    page before the annexes may carry more annotations than ours, as a signature does. A paper
    without annexes shows its figures where signatures go, and is never alike.
    """
    theirs, own = opened(path), opened(ours)
    if len(theirs) != len(own):
        return False
    texts = [text_of(own, page) for page in range(len(own))]
    first_annex = next((n for n, text in enumerate(texts) if ANNEX.match(text)), None)
    if first_annex is None:
        return False
    for page, text in enumerate(texts):
        if text_of(theirs, page) != text:
            return False
    return all(
        _picture(theirs, page) == _picture(own, page)
        for page in reversed(range(len(own)))
        if page >= first_annex or _annotations(theirs, page) <= _annotations(own, page)
    )


def signatures(path: str, name: str, roots: list[str], moment: str) -> list[dict[str, Any]]:
    """What each signature of a PDF says and is worth, the oldest first.

    `roots` are paths of PEM certificates that are trusted; `moment` (ISO) is when trust is asked.
    Nothing is fetched: revocation is not looked up. Raises Refused.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.fields import enumerate_sig_fields

    opened(path, name)
    trusted = _certificates(roots)
    at = datetime.fromisoformat(moment)
    with Path(path).open("rb") as handle:
        reader = PdfFileReader(handle, strict=False)
        fields = list(islice(enumerate_sig_fields(reader, filled_status=True), MAX_SIGNATURES + 1))
        if len(fields) > MAX_SIGNATURES:
            raise Refused(
                TOO_MANY_SIGNATURES, "too_many_signatures", name=name, limit=MAX_SIGNATURES
            )
        found = [_signature(reader, field, title, trusted, at) for title, _value, field in fields]
    return sorted(found, key=lambda one: str(one["signed_at"]))


def _signature(
    reader: Any, field: Any, title: str, roots: list[Any], at: datetime
) -> dict[str, Any]:
    from pyhanko.sign.validation import (
        EmbeddedPdfSignature,
        SignatureCoverageLevel,
        async_validate_pdf_signature,
    )
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    said: dict[str, Any] = dict.fromkeys(CERTIFICATE, "") | {
        "signed_at": "", "intact": False, "trusted": None, "covers_all": False,
    }  # fmt: skip
    # Hostile or outdated signatures raise anything; all of it means: not to be relied on.
    with contextlib.suppress(Exception):
        embedded = EmbeddedPdfSignature(reader, field, title)
        said |= certificate_words(embedded.signer_cert)
        if moment := embedded.self_reported_timestamp:
            said["signed_at"] = moment.astimezone(UTC).isoformat()
        status = _ended(
            async_validate_pdf_signature(
                embedded,
                ValidationContext(trust_roots=roots, allow_fetching=False, moment=at),
                key_usage_settings=KeyUsageConstraints(
                    key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
                ),
            )
        )
        said |= {
            "intact": bool(status.intact and status.valid and status.docmdp_ok is not False),
            "trusted": bool(status.trusted) if roots else None,
            "covers_all": status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        }
    return said


def _ended(task: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that waits for nothing: an event loop needs a socket, we have none.

    RuntimeError when it does wait: it would be for the network.
    """
    try:
        task.send(None)
    except StopIteration as end:
        return cast(T, end.value)
    task.close()
    raise RuntimeError("a signature is checked without waiting for anything")


def certificate_words(certificate: Any) -> dict[str, str]:
    """Who a certificate (of asn1crypto) is of and from, as texts under the names `CERTIFICATE`."""
    subject, issuer = certificate.subject.native, certificate.issuer.native
    return {
        "signer": _word(subject, "common_name"),
        "organisation": _word(subject, "organization_name"),
        "issuer": _word(issuer, "common_name") or _word(issuer, "organization_name"),
        "serial": f"{certificate.serial_number:x}",
        "valid_to": certificate.not_valid_after.astimezone(UTC).isoformat(),
    }


def _word(names: dict[str, Any], key: str) -> str:
    value = names.get(key, "")
    return str(value[-1] if isinstance(value, list) and value else value or "")[:200]


def _certificates(paths: list[str]) -> list[Any]:
    from pyhanko import keys

    load: Any = keys.load_certs_from_pemder
    return [certificate for path in paths for certificate in load([path])]


def opened(path: str, name: str = "") -> Any:
    """The PDF as pdfium has it. Raises Refused: damaged, locked, or packed like a bomb.

    `name` is the file's display name.
    """
    import pypdfium2
    from pypdfium2.raw import FPDF_ERR_PASSWORD

    if pdfs.STACKED_COMPRESSION.search(Path(path).read_bytes()):
        raise Refused(pdfs.BOMB, "stacked_compression")
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if error.err_code == FPDF_ERR_PASSWORD:
            raise Refused(pdfs.PASSWORD, "password", name=name) from None
        raise Refused(pdfs.DAMAGED, "damaged", name=name) from None
    # Before any page is opened, or widgets would not be drawn.
    document.init_forms()
    return document


def text_of(document: Any, page: int) -> str:
    """The text of a page (from 0), composed, without that of its annotations."""
    sheet = document[page]
    text = sheet.get_textpage().get_text_bounded()
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n"))


def _printed(text: str) -> Iterator[str]:
    for found in PRINTED.finditer(text):
        yield BLANKS.sub("", found.group(1)).lower()


def _snapshots(document: Any) -> Iterator[dict[str, Any]]:
    for place in range(min(document.count_attachments(), MAX_ATTACHMENTS)):
        try:
            content = bytes(document.get_attachment(place).get_data())
            yield sealed.read(content)
        except (Refused, RuntimeError, ValueError):
            # Another file, or one that is broken: none of ours.
            continue


def _picture(document: Any, page: int) -> bytes:
    sheet = document[page]
    bitmap = sheet.render(scale=SCALE, grayscale=True)
    size = f"{bitmap.width}x{bitmap.height}".encode()
    return hashlib.sha256(size + bytes(bitmap.buffer)).digest()


def _annotations(document: Any, page: int) -> int:
    import pypdfium2.raw

    sheet = document[page]  # held: the raw page ends with it
    return int(pypdfium2.raw.FPDFPage_GetAnnotCount(sheet.raw))
