"""Papers that come back: their code, attachment and signatures, and the tricks played on them."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from appraisal.documents import docx, pdf, reading, sealed, signing
from appraisal.documents.decision import decision
from appraisal.documents.official import Attachment
from appraisal.files import child
from appraisal.files.refusal import Refused
from tests.appraisal import signers
from tests.appraisal.documents import kon_tum
from tests.appraisal.documents.libreoffice import LibreOffice
from tests.appraisal.documents.test_signing import AT, prepared

SNAPSHOT = {"form": 1, "round": {"year": 2020}, "groups": []}
CODE = sealed.fingerprint(SNAPSHOT)
CORPUS = Path(__file__).resolve().parents[2] / "attack_corpus" / "evidence"


@cache
def draft() -> bytes:
    """A decision with a snapshot attached and its code printed."""
    attached = Attachment(
        "ket-qua-2020.json",
        json.dumps(SNAPSHOT, indent=1).encode(),
        "application/json",
        "Niêm phong",
    )
    return pdf.render(decision(kon_tum.facts(fingerprint=CODE, attachments=(attached,))))


def asked(function: str, *args: Any) -> Any:
    return child.run(f"appraisal.documents.reading:{function}", *args, seconds=20, megabytes=700)


def answered(function: str, *args: Any) -> tuple[str, Any]:
    """The code of the refusal, or what was found."""
    try:
        return "", asked(function, *args)
    except Refused as refused:
        return refused.code, None


@pytest.fixture
def put(tmp_path: Path) -> Callable[[bytes, str], str]:
    def write(content: bytes, name: str = "theirs.pdf") -> str:
        (tmp_path / name).write_bytes(content)
        return str(tmp_path / name)

    return write


Put = Callable[..., str]


def edited(change: Callable[[pikepdf.Pdf], object], content: bytes | None = None) -> bytes:
    """The draft after a change, written anew by another program."""
    with pikepdf.open(io.BytesIO(content or draft())) as paper:
        change(paper)
        out = io.BytesIO()
        paper.save(out)
    return out.getvalue()


# --- Codes ---------------------------------------------------------------------------------
def test_the_printed_code_and_that_of_the_attachment_are_found(put: Put) -> None:
    assert asked("codes", put(draft()), "a.pdf") == {"attached": [CODE], "printed": [CODE]}


def grouped(blank: str) -> str:
    return blank.join(CODE[place : place + 8] for place in range(0, 64, 8))


@pytest.mark.parametrize(
    "text",
    [
        f"Mã đối chiếu kết quả (SHA-256)\n{grouped(' ')}",
        f"Mã đối chiếu kết quả (SHA-256):  {grouped(chr(10))} Quét mã",
        f"MÃ ĐỐI CHIẾU KẾT QUẢ\n{grouped(' ').upper()}\n",
        f"xx Mã đối chiếu kết quả: {CODE}.",
    ],
)
def test_a_printed_code_is_read_however_it_is_broken(text: str) -> None:
    assert list(reading._printed(text)) == [CODE]


@pytest.mark.parametrize(
    "text",
    [
        f"Mã đối chiếu kết quả {CODE[:-1]}",
        f"Mã đối chiếu kết quả {CODE}a",
        CODE,
        f"Mã đối chiếu kết quả của năm trước {CODE}",
    ],
)
def test_what_is_not_printed_as_a_code_is_none(text: str) -> None:
    assert list(reading._printed(text)) == []


def test_a_paper_printed_from_its_word_file_carries_the_same_code(put: Put, tmp_path: Path) -> None:
    """So does what comes back after the clerk has typed number and day in Word."""
    typed = docx.render(decision(kon_tum.facts(fingerprint=CODE, number="35")))
    printed = LibreOffice(tmp_path).pdf(typed)
    assert asked("codes", put(printed), "a.pdf") == {"attached": [], "printed": [CODE]}
    room = prepared(tmp_path / "theirs.pdf")
    assert room["page"] == 1
    assert 595 / 2 < room["box"][0] < room["box"][2] < 595
    # Another program sets it otherwise, so the public page does not take it for the very paper.
    assert not alike(put, printed)


def test_a_file_of_thousands_of_attachments_is_answered(put: Put) -> None:
    def many(paper: pikepdf.Pdf) -> None:
        for number in range(3000):
            paper.attachments[f"a{number:05}.json"] = b"{}"

    assert asked("codes", put(edited(many)), "a.pdf")["printed"] == [CODE]


def test_an_attachment_that_is_a_bomb_is_refused_or_skipped(put: Put) -> None:
    import zlib

    def bomb(paper: pikepdf.Pdf) -> None:
        squeezed = zlib.compress(b" " * 400_000_000, 9)
        stream = pikepdf.Stream(paper, squeezed)
        stream.Filter = pikepdf.Name.FlateDecode
        stream.Type = pikepdf.Name.EmbeddedFile
        names = paper.Root.Names.EmbeddedFiles.Names
        names[1].EF.F = paper.make_indirect(stream)
        names[1].EF.UF = names[1].EF.F

    code, found = answered("codes", put(edited(bomb)), "a.pdf")
    assert code in {"too_slow", "too_much_memory", "unreadable"} or found["attached"] == []


@pytest.mark.parametrize("name", sorted(path.name for path in CORPUS.glob("*.pdf")))
def test_every_hostile_pdf_gets_an_answer(put: Put, name: str) -> None:
    code, found = answered("codes", str(CORPUS / name), name)
    assert code or found == {"attached": [], "printed": []}


# --- The same in the eyes of a reader -------------------------------------------------------
def alike(put: Put, content: bytes) -> bool:
    found = asked("is_alike", put(content), put(draft(), "ours.pdf"))
    assert isinstance(found, bool)
    return found


@cache
def signed(on_page: int | None = None) -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "paper.pdf"
        path.write_bytes(draft())
        seen = prepared(path)
    credential = signing.open_key_file(signers.key_file(), signers.PASSPHRASE, AT, "a.p12")
    page, box = seen["page"], tuple(seen["box"])
    if on_page is not None:
        page, box = on_page, (200.0, 250.0, 380.0, 290.0)
    return signing.sign(draft(), credential, base64.b64decode(seen["drawing"]), page, box, at=AT)


def pages() -> int:
    with pikepdf.open(io.BytesIO(draft())) as paper:
        return len(paper.pages)


def drawn(where: int, operators: bytes) -> Callable[[pikepdf.Pdf], None]:
    """A change that draws something on a page."""

    def change(paper: pikepdf.Pdf) -> None:
        paper.pages[where].contents_add(pikepdf.Stream(paper, operators), prepend=False)

    return change


def test_a_signed_copy_shows_the_same(put: Put) -> None:
    assert alike(put, signed())


def test_a_copy_written_anew_by_another_program_shows_the_same(put: Put) -> None:
    assert alike(put, edited(lambda paper: None))


def test_a_signature_that_covers_a_table_is_seen(put: Put) -> None:
    assert not alike(put, signed(pages() - 1))


@pytest.mark.parametrize("page", [0, -1])
def test_a_white_patch_is_seen(put: Put, page: int) -> None:
    """The text stays as it is below the patch."""
    white = b"q 1 1 1 rg 300 300 40 12 re f Q"
    content = edited(drawn(page, white))
    assert not alike(put, content)


def test_a_single_stroke_that_makes_another_digit_is_seen(put: Put) -> None:
    stroke = b"q 0 0 0 RG 0.7 w 400 330 m 400 336 l S Q"
    assert not alike(put, edited(drawn(-1, stroke)))


def test_an_invisible_text_is_seen(put: Put) -> None:
    def change(paper: pikepdf.Pdf) -> None:
        page = paper.pages[-1]
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page.Resources.Font["/Fx"] = paper.make_indirect(font)
        hidden = b"BT /Fx 8 Tf 3 Tr 300 300 Td (99,99) Tj ET"
        page.contents_add(pikepdf.Stream(paper, hidden), prepend=False)

    assert not alike(put, edited(change))


def test_a_note_laid_over_a_table_is_seen(put: Put) -> None:
    def change(paper: pikepdf.Pdf) -> None:
        look = pikepdf.Stream(paper, b"1 1 1 rg 0 0 200 40 re f")
        look.Type, look.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        look.BBox = [0, 0, 200, 40]
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, Rect=[300, 250, 500, 290], F=4,
            AP=pikepdf.Dictionary(N=paper.make_indirect(look)),
        )  # fmt: skip
        paper.pages[-1].Annots = paper.make_indirect([paper.make_indirect(note)])

    assert not alike(put, edited(change))


def test_another_page_in_front_is_seen(put: Put) -> None:
    def change(paper: pikepdf.Pdf) -> None:
        paper.pages.insert(0, paper.pages[-1])

    assert not alike(put, edited(change))


def test_a_missing_annex_is_seen(put: Put) -> None:
    def change(paper: pikepdf.Pdf) -> None:
        del paper.pages[-1]

    assert not alike(put, edited(change))


def test_a_paper_of_other_figures_with_the_same_code_is_seen(put: Put) -> None:
    groups = (
        kon_tum.group("Sở, ban, ngành", kon_tum.DEPARTMENTS, "99.9"),
        kon_tum.RESULTS.groups[1],
    )
    forged = pdf.render(decision(kon_tum.facts(fingerprint=CODE, groups=groups)))
    assert asked("codes", put(forged), "a.pdf")["printed"] == [CODE]
    assert not alike(put, forged)


# --- Signatures ----------------------------------------------------------------------------
def facts(put: Put, content: bytes, tmp_path: Path, days: int = 0) -> list[dict[str, Any]]:
    roots = [str(path) for path in signers.trusted(tmp_path / "roots").iterdir()]
    moment = (AT + timedelta(days=days)).isoformat()
    found: list[dict[str, Any]] = asked("signatures", put(content), "a.pdf", roots, moment)
    return found


def test_a_signature_says_who_when_and_that_it_holds(put: Put, tmp_path: Path) -> None:
    (one,) = facts(put, signed(), tmp_path)
    assert one["signer"] == signers.SIGNER
    assert one["organisation"] == signers.ORGANISATION
    assert one["issuer"] == signers.AUTHORITY
    assert one["serial"] == "5ea1"
    assert one["signed_at"] == "2021-01-15T02:30:00+00:00"
    assert (one["intact"], one["trusted"], one["covers_all"]) == (True, True, True)


def test_without_authorities_trust_is_not_known(put: Put) -> None:
    (one,) = asked("signatures", put(signed()), "a.pdf", [], AT.isoformat())
    assert (one["intact"], one["trusted"]) == (True, None)


def test_an_expired_certificate_is_not_trusted_any_more(put: Put, tmp_path: Path) -> None:
    (one,) = facts(put, signed(), tmp_path, days=365 * 15)
    assert (one["intact"], one["trusted"]) == (True, False)


def test_a_certificate_of_another_authority_is_not_trusted(put: Put, tmp_path: Path) -> None:
    stranger = signers.certificate("Người khác").public_bytes(signers.serialization.Encoding.PEM)
    (tmp_path / "khac.pem").write_bytes(stranger)
    (one,) = asked(
        "signatures", put(signed()), "a.pdf", [str(tmp_path / "khac.pem")], AT.isoformat()
    )
    assert one["trusted"] is False


def test_a_changed_byte_is_found(put: Put, tmp_path: Path) -> None:
    content = bytearray(signed())
    # In the packed data of a page, where no reader stumbles over it.
    content[content.index(b"stream\n") + 60] ^= 1
    (one,) = facts(put, bytes(content), tmp_path)
    assert one["intact"] is False


def test_what_is_added_behind_a_signature_is_found(put: Put, tmp_path: Path) -> None:
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(signed()))
    patch = writer.add_object(generic.StreamObject(stream_data=b"q 1 1 1 rg 0 0 600 600 re f Q"))
    writer.add_stream_to_page(pages() - 1, patch)
    out = io.BytesIO()
    writer.write(out)
    (one,) = facts(put, out.getvalue(), tmp_path)
    assert one["intact"] is False
    assert one["covers_all"] is False


def test_a_copy_written_anew_has_no_whole_signature(put: Put, tmp_path: Path) -> None:
    for one in facts(put, edited(lambda paper: None, signed()), tmp_path):
        assert one["intact"] is False


def test_a_paper_without_signatures_has_none(put: Put, tmp_path: Path) -> None:
    assert facts(put, draft(), tmp_path) == []


def test_a_signature_of_garbage_is_shown_as_one_that_does_not_hold(
    put: Put, tmp_path: Path
) -> None:
    def change(paper: pikepdf.Pdf) -> None:
        paper.Root.AcroForm.Fields[0].V.Contents = pikepdf.String("khong phai chu ky")

    (one,) = facts(put, edited(change, signed()), tmp_path)
    assert (one["signer"], one["intact"], one["trusted"]) == ("", False, None)


def test_a_file_of_too_many_signatures_is_refused(put: Put, tmp_path: Path) -> None:
    def change(paper: pikepdf.Pdf) -> None:
        field = paper.Root.AcroForm.Fields[0]
        for number in range(30):
            copy = pikepdf.Dictionary(field)
            copy.T = f"Chu{number}"
            paper.Root.AcroForm.Fields.append(paper.make_indirect(copy))

    with pytest.raises(Refused) as caught:
        facts(put, edited(change, signed()), tmp_path)
    assert caught.value.code == "too_many_signatures"


def test_a_locked_file_is_refused(put: Put, tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(draft())) as paper:
        out = io.BytesIO()
        paper.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    for function in ("codes", "signatures"):
        more = ([], AT.isoformat()) if function == "signatures" else ()
        with pytest.raises(Refused) as caught:
            asked(function, put(out.getvalue()), "a.pdf", *more)
        assert caught.value.code == "password"
