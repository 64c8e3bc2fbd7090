"""Digital signatures on a paper's PDF: PAdES B-B by pyHanko, with a file or with a token.

The key of a PKCS#12 file and its passphrase live in memory for one call; they are neither written
nor logged, and no exception carries them. Signing adds to the file: the bytes before stay as they
are. B-B means no timestamp and no revocation data, because the server reaches no other machine.
How a signature looks, and where, is in `stamp`; what signatures are worth in `reading`.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

from appraisal.documents.reading import certificate_words
from appraisal.files.kinds import MAX_KEY_FILE
from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _

MAX_ROUNDS: Final = 2_000_000
"""Rounds of a key derivation; a hostile file may ask for hours."""
KNOWN_DERIVATIONS: Final = frozenset({"pbkdf2", "pkcs12_kdf", "pbkdf1"})
SMALLEST_RSA: Final = 2048
SIGNING_USES: Final = frozenset({"digital_signature", "non_repudiation"})

NOT_PKCS12: Final = _(
    "“%(name)s” không phải là tệp chứng thư số PKCS#12 (.p12, .pfx) hoặc đã hỏng."
)
TOO_LARGE: Final = _("“%(name)s” lớn hơn %(kilobytes)s KB nên không phải là tệp chứng thư số.")
WRONG_PASSPHRASE: Final = _("Mật khẩu của tệp chứng thư số chưa đúng. Chưa ký gì; hãy nhập lại.")
TOO_MANY_ROUNDS: Final = _(
    "“%(name)s” được mã hóa theo cách không dùng ở đây. Hãy xuất lại tệp chứng thư số từ phần mềm"
    " của nhà cung cấp rồi ký lại."
)
NO_KEY: Final = _(
    "“%(name)s” không chứa khóa bí mật nên không ký được. Hãy xuất lại tệp kèm khóa bí mật."
)
NO_CERTIFICATE: Final = _("“%(name)s” không chứa chứng thư số của khóa. Hãy xuất lại tệp.")
NOT_A_PAIR: Final = _("Khóa bí mật và chứng thư số không thuộc về nhau nên không ký được.")
EXPIRED: Final = _("Chứng thư số của %(who)s đã hết hạn ngày %(day)s. Hãy gia hạn rồi ký.")
NOT_YET: Final = _("Chứng thư số của %(who)s có hiệu lực từ ngày %(day)s nên chưa ký được.")
NOT_FOR_SIGNING: Final = _("Chứng thư số của %(who)s không được cấp để ký văn bản.")
WEAK_KEY: Final = _("Khóa của chứng thư số quá yếu (RSA dưới 2048 bit) nên không dùng để ký.")
NO_TOKEN: Final = _(
    "Máy chủ không thấy thiết bị ký số “%(name)s”. Hãy báo quản trị kỹ thuật kiểm tra thiết bị."
)
WRONG_PIN: Final = _("Mã PIN của thiết bị ký số chưa đúng. Chưa ký gì; hãy nhập lại cẩn thận.")
LOCKED_PIN: Final = _("Thiết bị ký số đã bị khóa do nhập sai mã PIN nhiều lần.")
NO_TOKEN_KEY: Final = _(
    "Thiết bị ký số “%(name)s” không có đúng một chứng thư số kèm khóa. Hãy báo quản trị kỹ thuật."
)
TOKEN_FAILED: Final = _("Thiết bị ký số “%(name)s” không thực hiện được yêu cầu. Hãy thử lại.")

# A PKCS#11 module serves one login at a time to the whole process.
_one_login = threading.Lock()


@dataclass(frozen=True)
class Certificate:
    """Who signs, as the certificate says it. `serial` in hexadecimal."""

    signer: str
    organisation: str
    issuer: str
    serial: str


@dataclass(frozen=True)
class Credential:
    """A key that can sign now, with its certificate."""

    certificate: Certificate
    signer: Any = field(repr=False)


@dataclass(frozen=True)
class Token:
    """The signing device of the server: module, label, and the label of the certificate if any."""

    module: str
    label: str
    key: str = ""


def open_key_file(content: bytes, passphrase: str, at: datetime, name: str) -> Credential:
    """The credential in a PKCS#12 file, fit to sign at that moment.

    `name` is the file's display name. Raises Refused: not such a file, wrong passphrase, no key,
    expired or not yet valid, not for signing.
    """
    if len(content) > MAX_KEY_FILE:
        raise Refused(TOO_LARGE, "key_file_too_large", name=name, kilobytes=MAX_KEY_FILE // 1024)
    _check_rounds(content, name)
    return _credential(*_unlocked(content, passphrase, name), at)


def _unlocked(content: bytes, passphrase: str, name: str) -> tuple[Any, Any, list[Any]]:
    """Key, certificate and chain. The passphrase goes no further."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(content, passphrase.encode())
    except ValueError:
        # The structure was read before, so what does not open has another passphrase.
        raise Refused(WRONG_PASSPHRASE, "wrong_passphrase") from None
    except UnsupportedAlgorithm:
        raise Refused(TOO_MANY_ROUNDS, "unknown_encryption", name=name) from None
    if key is None:
        raise Refused(NO_KEY, "no_key", name=name)
    if certificate is None:
        raise Refused(NO_CERTIFICATE, "no_certificate", name=name)
    return key, certificate, list(chain)


def _check_rounds(content: bytes, name: str) -> None:
    """Refuse what is no PKCS#12, and what would keep the processor busy. Raises Refused."""
    from asn1crypto import pkcs12  # type: ignore[import-untyped]

    try:
        outer = pkcs12.Pfx.load(content, strict=True)
        rounds = [outer["mac_data"]["iterations"].native] if outer["mac_data"] else []
        for part in outer.authenticated_safe:
            if part["content_type"].native == "encrypted_data":
                algorithms = [
                    part["content"]["encrypted_content_info"]["content_encryption_algorithm"]
                ]
            else:
                algorithms = [
                    bag["bag_value"]["encryption_algorithm"]
                    for bag in pkcs12.SafeContents.load(part["content"].native)
                    if bag["bag_id"].native == "pkcs8_shrouded_key_bag"
                ]
            for algorithm in algorithms:
                if algorithm.kdf not in KNOWN_DERIVATIONS:
                    raise Refused(TOO_MANY_ROUNDS, "unknown_encryption", name=name)
                rounds.append(algorithm.kdf_iterations)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Refused(NOT_PKCS12, "not_pkcs12", name=name) from None
    if any(not 0 < count <= MAX_ROUNDS for count in rounds):
        raise Refused(TOO_MANY_ROUNDS, "too_many_rounds", name=name)


def _credential(key: Any, certificate: Any, chain: list[Any], at: datetime) -> Credential:
    from asn1crypto import keys, x509
    from cryptography.hazmat.primitives import serialization
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    def spelled(public: Any) -> bytes:
        encoded: bytes = public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return encoded

    if spelled(key.public_key()) != spelled(certificate.public_key()):
        raise Refused(NOT_A_PAIR, "not_a_pair")
    der = serialization.Encoding.DER
    own = x509.Certificate.load(certificate.public_bytes(der))
    _check_certificate(own, at)
    store: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(x509.Certificate.load(one.public_bytes(der)) for one in chain)
    private = keys.PrivateKeyInfo.load(
        key.private_bytes(
            der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )  # fmt: skip
    return Credential(
        _words(own), SimpleSigner(signing_cert=own, signing_key=private, cert_registry=store)
    )


def _check_certificate(certificate: Any, at: datetime) -> None:
    """Whether a certificate (of asn1crypto) may sign at that moment. Raises Refused."""
    who = certificate_words(certificate)["signer"]
    if at > certificate.not_valid_after:
        day = certificate.not_valid_after.astimezone(at.tzinfo)
        raise Refused(EXPIRED, "expired", who=who, day=f"{day:%d/%m/%Y}")
    if at < certificate.not_valid_before:
        day = certificate.not_valid_before.astimezone(at.tzinfo)
        raise Refused(NOT_YET, "not_yet_valid", who=who, day=f"{day:%d/%m/%Y}")
    usage = certificate.key_usage_value
    if usage is not None and not SIGNING_USES & set(usage.native):
        raise Refused(NOT_FOR_SIGNING, "not_for_signing", who=who)
    public = certificate.public_key
    if public.algorithm == "rsa" and public.bit_size < SMALLEST_RSA:
        raise Refused(WEAK_KEY, "weak_key")


def _words(certificate: Any) -> Certificate:
    said = certificate_words(certificate)
    return Certificate(said["signer"], said["organisation"], said["issuer"], said["serial"])


@contextmanager
def open_token(token: Token, pin: str, at: datetime) -> Iterator[Credential]:
    """The credential on the server's signing device, while the PIN keeps it open.

    Raises Refused: no such device, wrong or locked PIN, no one certificate with its key, and the
    reasons of `open_key_file` about the certificate.
    """
    import pkcs11
    from pkcs11 import exceptions
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import open_pkcs11_session

    if not Path(token.module).is_file():
        raise Refused(NO_TOKEN, "no_token", name=token.label)
    with _one_login:
        try:
            session = open_pkcs11_session(
                token.module, token_criteria=TokenCriteria(label=token.label), user_pin=pin
            )
        except (exceptions.PinIncorrect, exceptions.PinInvalid, exceptions.PinLenRange):
            raise Refused(WRONG_PIN, "wrong_pin") from None
        except exceptions.PinLocked:
            raise Refused(LOCKED_PIN, "locked_pin") from None
        except (pkcs11.PKCS11Error, RuntimeError, OSError):
            raise Refused(NO_TOKEN, "no_token", name=token.label) from None
        try:
            with session:
                yield _on_token(session, token, at)
        except pkcs11.PKCS11Error:
            raise Refused(TOKEN_FAILED, "token_failed", name=token.label) from None


def _on_token(session: Any, token: Token, at: datetime) -> Credential:
    from asn1crypto import x509
    from pkcs11 import Attribute, ObjectClass
    from pyhanko.sign.pkcs11 import PKCS11Signer

    wanted: dict[Any, Any] = {Attribute.CLASS: ObjectClass.CERTIFICATE}
    if token.key:
        wanted[Attribute.LABEL] = token.key
    found = list(session.get_objects(wanted))
    if len(found) != 1:
        raise Refused(NO_TOKEN_KEY, "no_token_key", name=token.label)
    identity = found[0][Attribute.ID]
    keys = session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: identity})
    if len(list(keys)) != 1:
        raise Refused(NO_TOKEN_KEY, "no_token_key", name=token.label)
    own = x509.Certificate.load(found[0][Attribute.VALUE])
    _check_certificate(own, at)
    return Credential(_words(own), PKCS11Signer(session, signing_cert=own, key_id=identity))


def sign(
    pdf: bytes,
    credential: Credential,
    drawing: bytes,
    page: int,
    box: tuple[float, float, float, float],
    *,
    at: datetime,
    location: str = "",
) -> bytes:
    """The PDF with one more signature, whose look is `drawing` (a PDF of one page) in that box.

    `at` (aware) is the time of signing that the signature claims; `location` its place. The bytes
    of `pdf` stay at the beginning. What was made is checked with its certificate before it is
    returned: Refused when key and certificate do not belong together.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
    from pyhanko.sign.signers import PdfSignatureMetadata

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    taken = {title for title, _value, _field in enumerate_sig_fields(writer.prev)}
    title = next(name for n in range(1, len(taken) + 2) if (name := f"ChuKySo{n}") not in taken)
    signer = _signer()(
        PdfSignatureMetadata(
            field_name=title,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            location=location or None,
        ),
        credential.signer,
        stamp_style=_look(drawing),
        new_field_spec=SigFieldSpec(
            title,
            on_page=page,
            box=cast(Any, box),
            readable_field_name=credential.certificate.signer,
        ),
        at=at,
    )
    # It starts an event loop, which only a thread without one may do.
    with ThreadPoolExecutor(max_workers=1) as aside:
        signed: bytes = aside.submit(signer.sign_pdf, writer).result().getvalue()
    _check_last(signed, title)
    return signed


def _check_last(signed: bytes, title: str) -> None:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    reader = PdfFileReader(io.BytesIO(signed))
    made = next(one for one in reader.embedded_signatures if one.field_name == title)
    try:
        intact, valid = validate_sig_integrity(
            made.signer_info, made.signer_cert, "data", made.compute_digest()
        )
    except SigningError:
        intact = valid = False
    if not (intact and valid):
        raise Refused(NOT_A_PAIR, "not_a_pair")


def _signer() -> Any:
    from pyhanko.sign.signers import PdfSigner

    class SignerOfTheHour(PdfSigner):
        """Signs at the moment of the one business clock instead of the machine's."""

        def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._at = at

        def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
            session = super().init_signing_session(*args, **kwargs)
            session.system_time = self._at
            return session

    return SignerOfTheHour


def _look(drawing: bytes) -> Any:
    from pyhanko.pdf_utils import content, layout
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.stamp import StaticStampStyle

    class Drawn(content.PdfContent):
        """The one page of a PDF in memory (pyHanko's own takes a file)."""

        def render(self) -> bytes:
            reader = PdfFileReader(io.BytesIO(drawing))
            page = self._ensure_writer.import_page_as_xobject(reader)
            self.resources.xobject["/Drawing"] = page
            left, bottom, right, top = page.get_object()["/BBox"]
            self.box = layout.BoxConstraints(width=abs(right - left), height=abs(top - bottom))
            return b"/Drawing Do"

    middle = layout.AxisAlignment.ALIGN_MID
    margins: Any = layout.Margins
    return StaticStampStyle(
        border_width=0,
        background=Drawn(),
        background_layout=layout.SimpleBoxLayoutRule(
            x_align=middle, y_align=middle, margins=margins.uniform(0)
        ),
    )
