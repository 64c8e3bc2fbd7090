"""Signatures on a paper, checked by poppler's pdfsig and read back by pdfium and pikepdf."""

from __future__ import annotations

import base64
import io
import logging
import re
import subprocess
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import pkcs12 as asn1_pkcs12
from cryptography.hazmat.primitives.serialization import pkcs12

from appraisal.documents import pdf, signing, stamp
from appraisal.documents.decision import decision
from appraisal.files import child
from appraisal.files.refusal import Refused
from tests.appraisal import signers
from tests.appraisal.documents import kon_tum

VIETNAM = timezone(timedelta(hours=7))
AT = datetime(2021, 1, 15, 9, 30, tzinfo=VIETNAM)
LINES = ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]
NAME = "Nguyễn Văn An"
WORDS = ["Ký bởi: Nguyễn Văn Chủ", "Thời gian ký: 15/01/2021 09:30:00 +07:00"]


@cache
def draft() -> bytes:
    return pdf.render(decision(kon_tum.facts()))


def prepared(path: Path, role: str = stamp.PERSON, *picture: Any) -> dict[str, Any]:
    found = child.run(
        "appraisal.documents.stamp:prepare", str(path), role, LINES, NAME, WORDS, *picture,
        seconds=20, megabytes=1000,
    )  # fmt: skip
    assert isinstance(found, dict)
    return found


def signed(
    tmp_path: Path,
    content: bytes | None = None,
    credential: signing.Credential | None = None,
    at: datetime = AT,
) -> bytes:
    path = tmp_path / "paper.pdf"
    path.write_bytes(content or draft())
    seen = prepared(path)
    return signing.sign(
        path.read_bytes(),
        credential or signing.open_key_file(signers.key_file(), signers.PASSPHRASE, AT, "a.p12"),
        base64.b64decode(seen["drawing"]),
        seen["page"],
        tuple(seen["box"]),
        at=at,
        location="Kon Tum",
    )


def pdfsig(tmp_path: Path, content: bytes) -> str:
    """What poppler says of the signatures, in Vietnam's time."""
    path = tmp_path / "signed.pdf"
    path.write_bytes(content)
    done = subprocess.run(
        ["pdfsig", "-nocert", str(path)],
        capture_output=True, text=True, env={"TZ": "Asia/Ho_Chi_Minh", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    return done.stdout


def test_poppler_finds_the_signature_valid_and_the_whole_file_signed(tmp_path: Path) -> None:
    said = pdfsig(tmp_path, signed(tmp_path))
    assert said.count("Signature is Valid.") == 1
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "SHA-256" in said
    assert f"Signer Certificate Common Name: {signers.SIGNER}" in said
    assert "Signing Time: Jan 15 2021 09:30:00" in said


def test_signing_only_adds_to_the_file(tmp_path: Path) -> None:
    assert signed(tmp_path).startswith(draft())


def test_a_second_signature_leaves_the_first_one_valid(tmp_path: Path) -> None:
    once = signed(tmp_path)
    twice = signed(tmp_path, once, at=AT + timedelta(minutes=5))
    assert twice.startswith(once)
    assert pdfsig(tmp_path, twice).count("Signature is Valid.") == 2


@pytest.mark.parametrize("place", [0.2, 0.5, 0.8])
def test_a_changed_byte_of_the_paper_breaks_the_signature(tmp_path: Path, place: float) -> None:
    content = bytearray(signed(tmp_path))
    content[int(len(draft()) * place)] ^= 1
    said = pdfsig(tmp_path, bytes(content))
    assert "Signature is Valid." not in said


def test_the_signed_file_still_says_that_it_is_pdf_a_3(tmp_path: Path) -> None:
    with (
        pikepdf.open(io.BytesIO(draft())) as before,
        pikepdf.open(io.BytesIO(signed(tmp_path))) as after,
    ):
        metadata = bytes(after.Root.Metadata.read_bytes()).decode()
        assert re.search(r'pdfaid:part="3"', metadata)
        assert re.search(r'pdfaid:conformance="A"', metadata)
        for key in ("/MarkInfo", "/Lang", "/OutputIntents", "/StructTreeRoot"):
            assert key in after.Root
        assert str(after.Root.Lang) == str(before.Root.Lang)
        widget = after.Root.AcroForm.Fields[0]
        # Printed, and neither hidden nor invisible (ISO 19005-3, 6.3.2).
        assert int(widget.F) & 4
        assert not int(widget.F) & (1 | 2 | 32)
        assert "/NeedAppearances" not in after.Root.AcroForm
        for font in fonts_of(widget.AP.N):
            assert "/FontFile2" in font


def fonts_of(appearance: Any) -> list[Any]:
    """The descriptors of every font that a form draws with, forms inside it included."""
    resources = appearance.get("/Resources", {})
    fonts = dict(resources.get("/Font", {})).values()
    found = [font.DescendantFonts[0].FontDescriptor for font in fonts]
    for inner in dict(resources.get("/XObject", {})).values():
        found += fonts_of(inner)
    return found


def test_the_words_of_the_stamp_are_embedded_letters(tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(signed(tmp_path))) as paper:
        assert fonts_of(paper.Root.AcroForm.Fields[0].AP.N)


# --- Key files -----------------------------------------------------------------------------
def refused(content: bytes, passphrase: str = signers.PASSPHRASE) -> Refused:
    with pytest.raises(Refused) as caught:
        signing.open_key_file(content, passphrase, AT, "khoa.p12")
    return caught.value


def test_a_key_file_says_who_signs() -> None:
    found = signing.open_key_file(signers.key_file(), signers.PASSPHRASE, AT, "khoa.p12")
    assert found.certificate == signing.Certificate(
        signers.SIGNER, signers.ORGANISATION, signers.AUTHORITY, "5ea1"
    )


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"last": "2021-01-14"}, "expired", "đã hết hạn ngày 14/01/2021"),
        ({"first": "2021-01-16"}, "not_yet_valid", "có hiệu lực từ ngày 16/01/2021"),
        ({"signing": False}, "not_for_signing", "không được cấp để ký"),
        ({"bits": 1024}, "weak_key", "quá yếu"),
    ],
)
def test_a_certificate_that_may_not_sign_now_is_refused(
    changes: dict[str, Any], code: str, words: str
) -> None:
    found = refused(signers.key_file(**changes))
    assert found.code == code
    assert words in found.sentence


@pytest.mark.parametrize("passphrase", ["", "mật khẩu khác", signers.PASSPHRASE + " "])
def test_a_wrong_passphrase_is_called_that(passphrase: str) -> None:
    found = refused(signers.key_file(), passphrase)
    assert found.code == "wrong_passphrase"
    assert not passphrase or passphrase not in str(found)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x30\x82\x01", signers.key_file()[:-40], b"%PDF-1.7\n" * 50]
)
def test_what_is_no_key_file_is_called_that(content: bytes) -> None:
    assert refused(content).code == "not_pkcs12"


def test_a_file_without_the_private_key_is_refused() -> None:
    only = pkcs12.serialize_key_and_certificates(
        b"x", None, None, [signers.certificate()],
        signers.serialization.BestAvailableEncryption(signers.PASSPHRASE.encode()),
    )  # fmt: skip
    assert refused(only).code == "no_key"


def test_a_key_of_another_certificate_is_refused() -> None:
    # Made by hand, from the certificate of one file and the key of another: no writer does it.
    own, stranger = (asn1_pkcs12.Pfx.load(signers.key_file(number=number)) for number in (1, 3))
    mixed = [own.authenticated_safe[0], stranger.authenticated_safe[1]]
    own["auth_safe"]["content"] = asn1_pkcs12.AuthenticatedSafe(mixed).dump()
    own["mac_data"] = None
    assert refused(own.dump(force=True)).code in {"no_certificate", "not_a_pair"}


def test_a_key_file_that_asks_for_hours_of_work_is_refused_at_once() -> None:
    outer = asn1_pkcs12.Pfx.load(signers.key_file())
    outer["mac_data"]["iterations"] = 2**40
    assert refused(outer.dump(force=True)).code == "too_many_rounds"


def test_a_key_file_that_is_too_large_is_not_looked_at() -> None:
    assert refused(signers.key_file() + b"\0" * 70_000).code == "key_file_too_large"


def test_no_secret_is_shown_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    found = signing.open_key_file(signers.key_file(), signers.PASSPHRASE, AT, "khoa.p12")
    error = refused(signers.key_file(), "một mật khẩu sai")
    said = caplog.text + repr(found) + str(error) + repr(error.values)
    assert signers.PASSPHRASE not in said
    assert "một mật khẩu sai" not in said
    assert "PrivateKey" not in said


# --- The signing device --------------------------------------------------------------------
@pytest.fixture
def token() -> signing.Token:
    signers.device()
    return signing.Token(signers.SOFTHSM, "parc")


def test_a_device_signs_and_poppler_finds_it_valid(tmp_path: Path, token: signing.Token) -> None:
    with signing.open_token(token, signers.PIN, AT) as credential:
        content = signed(tmp_path, credential=credential)
    said = pdfsig(tmp_path, content)
    assert said.count("Signature is Valid.") == 1
    assert f"Signer Certificate Common Name: {signers.ORGANISATION}" in said


def test_a_device_serves_one_login_after_the_other(tmp_path: Path, token: signing.Token) -> None:
    for _time in range(2):
        with signing.open_token(token, signers.PIN, AT) as credential:
            assert credential.certificate.signer == signers.ORGANISATION


@pytest.mark.parametrize(
    ("changes", "pin", "code"),
    [
        ({}, "111111", "wrong_pin"),
        ({}, "1", "wrong_pin"),
        ({"label": "khong-co"}, signers.PIN, "no_token"),
        ({"module": "/usr/lib/khong-co.so"}, signers.PIN, "no_token"),
        ({"module": __file__}, signers.PIN, "no_token"),
        ({"label": "trong"}, signers.PIN, "no_token_key"),
        ({"key": "khac"}, signers.PIN, "no_token_key"),
    ],
)
def test_a_device_that_cannot_sign_says_why(
    token: signing.Token, changes: dict[str, str], pin: str, code: str
) -> None:
    asked = signing.Token(**{"module": token.module, "label": token.label, **changes})
    with pytest.raises(Refused) as caught, signing.open_token(asked, pin, AT):
        pass
    assert caught.value.code == code
    assert pin not in str(caught.value)


def test_an_expired_certificate_of_the_device_does_not_sign(token: signing.Token) -> None:
    late = datetime(2041, 1, 1, tzinfo=VIETNAM)
    with pytest.raises(Refused) as caught, signing.open_token(token, signers.PIN, late):
        pass
    assert caught.value.code == "expired"
