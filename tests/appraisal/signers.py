"""Who can sign in tests: key files of every kind, a signing device in software, a made paper."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from appraisal.files.store import evidence_store
from appraisal.models import Decision, Paper, PaperFile
from appraisal.models.papers import PaperFormat, PaperKind, PaperState
from appraisal.papers.basis import basis_of, subject_of
from appraisal.workflow import council, papers
from tests.appraisal.council_stage import consolidated
from tests.appraisal.files.corpus import evidence
from tests.cast import COUNCIL, PASSWORD, Cast, moment

PASSPHRASE = "Mật-khẩu-ký-số-7"
SIGNER = "Nguyễn Văn Chủ"
ORGANISATION = "Ủy ban nhân dân tỉnh Kon Tum"
PIN = "482913"
SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"


@cache
def private_key(bits: int = 2048, number: int = 1) -> rsa.RSAPrivateKey:
    """One key for all tests, and others by number."""
    return rsa.generate_private_key(65537, bits)


def distinguished(name: str, organisation: str = ORGANISATION) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
        ]
    )


AUTHORITY = "Cơ quan chứng thực thử nghiệm"


def certificate(
    name: str = SIGNER,
    *,
    first: str = "2020-01-01",
    last: str = "2031-01-01",
    bits: int = 2048,
    signing: bool = True,
    serial: int = 0x5EA1,
    number: int = 1,
) -> x509.Certificate:
    """A certificate of `AUTHORITY` for the key of that size and number."""
    made = (
        x509.CertificateBuilder()
        .subject_name(distinguished(name))
        .issuer_name(distinguished(AUTHORITY, "Thử nghiệm"))
        .public_key(private_key(bits, number).public_key())
        .serial_number(serial)
        .not_valid_before(datetime.fromisoformat(first).replace(tzinfo=UTC))
        .not_valid_after(datetime.fromisoformat(last).replace(tzinfo=UTC))
        .add_extension(
            x509.KeyUsage(
                digital_signature=signing, content_commitment=signing,
                key_encipherment=not signing, data_encipherment=False, key_agreement=False,
                key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
    )  # fmt: skip
    return made.sign(private_key(2048, 2), hashes.SHA256())


@cache
def authority() -> x509.Certificate:
    """The root under which `certificate` stands."""
    name = distinguished(AUTHORITY, "Thử nghiệm")
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private_key(2048, 2).public_key())
        .serial_number(1)
        .not_valid_before(datetime(2019, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2039, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    return made.sign(private_key(2048, 2), hashes.SHA256())


def key_file(
    of: x509.Certificate | None = None,
    passphrase: str = PASSPHRASE,
    **changes: Any,
) -> bytes:
    """A PKCS#12 file; `changes` are those of `certificate`."""
    key = private_key(changes.get("bits", 2048), changes.get("number", 1))
    return pkcs12.serialize_key_and_certificates(
        b"ky so", key, of or certificate(**changes), [authority()],
        serialization.BestAvailableEncryption(passphrase.encode()),
    )  # fmt: skip


def trusted(directory: Path) -> Path:
    """A directory of trusted authorities with that of the tests in it."""
    directory.mkdir(exist_ok=True)
    (directory / "goc.pem").write_bytes(authority().public_bytes(serialization.Encoding.PEM))
    return directory


@cache
def device() -> Path:
    """A signing device with one key and its certificate; one for the whole process.

    PKCS#11 reads its configuration once in a process, so the place is set before any test asks.
    """
    import tempfile

    import pkcs11
    from pkcs11 import Attribute, ObjectClass
    from pkcs11.util.rsa import encode_rsa_public_key

    place = Path(tempfile.mkdtemp(prefix="parc-softhsm-", dir=os.environ["PARC_TEST_DIR"]))
    (place / "tokens").mkdir()
    configuration = place / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {place}/tokens\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    for label in ("parc", "trong"):
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN,
             "--so-pin", "so-pin-1"],
            check=True, capture_output=True,
        )  # fmt: skip
    token = pkcs11.lib(SOFTHSM).get_token(token_label="parc")
    with token.open(user_pin=PIN, rw=True) as session:
        public, private = session.generate_keypair(
            pkcs11.KeyType.RSA, 2048, id=b"\x01", label="ky", store=True
        )
        own = _self_signed(encode_rsa_public_key(public), private)
        session.create_object(
            {
                Attribute.CLASS: ObjectClass.CERTIFICATE,
                Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                Attribute.TOKEN: True,
                Attribute.LABEL: "ky",
                Attribute.ID: b"\x01",
                Attribute.SUBJECT: own.subject.dump(),
                Attribute.VALUE: own.dump(),
            }
        )
    return place


def _self_signed(public: bytes, private: Any) -> Any:
    """A certificate of the device's own key, signed on the device."""
    import pkcs11
    from asn1crypto import keys
    from asn1crypto import x509 as asn1

    name = asn1.Name.build({"common_name": ORGANISATION, "organization_name": ORGANISATION})
    algorithm = {"algorithm": "sha256_rsa"}
    body = asn1.TbsCertificate(
        {
            "version": "v3", "serial_number": 77, "signature": algorithm, "issuer": name,
            "subject": name,
            "validity": {
                "not_before": asn1.Time({"utc_time": datetime(2020, 1, 1, tzinfo=UTC)}),
                "not_after": asn1.Time({"utc_time": datetime(2040, 1, 1, tzinfo=UTC)}),
            },
            "subject_public_key_info": keys.PublicKeyInfo.wrap(
                keys.RSAPublicKey.load(public), "rsa"
            ),
        }
    )  # fmt: skip
    value = private.sign(body.dump(), mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS)
    return asn1.Certificate(
        {"tbs_certificate": body, "signature_algorithm": algorithm, "signature_value": value}
    )


def approved(cast: Cast) -> Decision:
    """The last consolidation approved by the chair."""
    last = cast.round.consolidations.first()
    assert last is not None
    return council.approve(cast.chair, cast.fresh(), last.fingerprint, PASSWORD)


def bytes_of(paper: Paper, format: str = "pdf") -> bytes:
    with evidence_store().open(paper.files.get(format=format).sha256) as kept:
        return kept.read()


def bare_paper(cast: Cast) -> Paper:
    """The decision of the consolidated round as if it were made; its PDF is any PDF.

    For what does not look into the file: making a real one takes a second.
    """
    consolidated(cast)
    round = cast.fresh()
    paper = Paper.objects.create(
        round=round, consolidation=round.consolidations.get(), kind=PaperKind.DECISION,
        basis=basis_of(subject_of(round, PaperKind.DECISION)), state=PaperState.DONE,
        progress=100, asked_by=cast.secretary, asked_at=moment(COUNCIL),
    )  # fmt: skip
    stored = evidence_store().put([evidence("ok-plain.pdf").read_bytes()])
    PaperFile.objects.create(
        paper=paper, format=PaperFormat.PDF, sha256=stored.sha256, size=stored.size
    )
    return paper


def made_paper(cast: Cast, run_jobs: Callable[..., Any], kind: str = "decision") -> Paper:
    """The round consolidated, and that paper of it made by the job."""
    if not cast.round.consolidations.exists():
        consolidated(cast)
        cast.fresh()
    with run_jobs(execute=True):
        paper = papers.ask_for_paper(cast.secretary, cast.round, kind)
    return Paper.objects.get(pk=paper.pk)
