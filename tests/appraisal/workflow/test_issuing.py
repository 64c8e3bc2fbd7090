"""A paper is signed by who may, with what holds, and leaves the house once."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from agencies.models import User
from agencies.verdict import Refusal
from appraisal import trail
from appraisal.documents import stamp
from appraisal.files.refusal import Refused
from appraisal.files.store import evidence_store
from appraisal.files.uploads import StreamedUpload
from appraisal.models import Event, Issue, Paper, PaperFile
from appraisal.workflow import council, issuing, papers
from appraisal.workflow.acting import Invalid
from tests.appraisal import signers
from tests.appraisal.files.corpus import ROOT as CORPUS
from tests.appraisal.papers.test_verifying import rewritten
from tests.cast import AFTER, COUNCIL, Cast
from tests.conftest import Clock

Jobs = Callable[..., Any]
KEY = issuing.KeyFile(signers.key_file(), "khoa.p12", signers.PASSPHRASE)
SEAL = issuing.Look(stamp.ORGANISATION)


@pytest.fixture(autouse=True)
def _at_the_council(clock: Clock) -> None:
    clock.set(COUNCIL)


@pytest.fixture
def paper(cast: Cast, django_capture_on_commit_callbacks: Jobs) -> Paper:
    return signers.made_paper(cast, django_capture_on_commit_callbacks)


@pytest.fixture
def bare(cast: Cast) -> Paper:
    return signers.bare_paper(cast)


def sign(user: User, paper: Paper, look: issuing.Look | None = None) -> PaperFile:
    return issuing.sign_paper(user, fresh(paper), KEY, look or issuing.Look())


def fresh(paper: Paper) -> Paper:
    return Paper.objects.get(pk=paper.pk)


# --- Signing -------------------------------------------------------------------------------
def test_a_signed_copy_joins_the_files_and_the_plain_one_stays(cast: Cast, paper: Paper) -> None:
    plain = signers.bytes_of(paper)
    kept = sign(cast.chair, paper)
    assert (kept.format, kept.signed_by, kept.sha256) == (
        "signed", cast.chair, evidence_store().put([signers.bytes_of(paper, "signed")]).sha256,
    )  # fmt: skip
    assert signers.bytes_of(paper, "signed").startswith(plain)
    assert signers.bytes_of(paper) == plain


def test_the_trail_keeps_certificate_and_hashes_and_no_secret(cast: Cast, paper: Paper) -> None:
    before = paper.files.get(format="pdf").sha256
    kept = sign(cast.secretary, paper)
    event = Event.objects.get(action="paper.signed")
    assert event.stream == f"round-{cast.round.pk}"
    assert event.actor == cast.secretary
    assert event.data["certificate"] == {
        "subject": signers.SIGNER, "organisation": signers.ORGANISATION,
        "issuer": signers.AUTHORITY, "serial": "5ea1",
    }  # fmt: skip
    assert (event.data["sha256_before"], event.data["sha256_after"]) == (before, kept.sha256)
    assert (event.data["means"], event.data["role"]) == ("pkcs12", "person")
    assert signers.PASSPHRASE not in trail.canonical(event.data) + event.sentence
    assert list(trail.breaks()) == []


def test_a_second_signature_goes_on_the_first_and_leaves_no_stray(
    cast: Cast, paper: Paper, django_capture_on_commit_callbacks: Jobs
) -> None:
    first = sign(cast.chair, paper).sha256
    content = signers.bytes_of(paper, "signed")
    with django_capture_on_commit_callbacks(execute=True):
        second = sign(cast.secretary, paper, SEAL)
    assert signers.bytes_of(paper, "signed").startswith(content)
    assert PaperFile.objects.filter(paper=paper, format="signed").count() == 1
    assert evidence_store().exists(second.sha256)
    assert not evidence_store().exists(first)


def widget(paper: Paper, place: int = -1) -> tuple[int, list[float]]:
    """Page and box of a signature on the signed file."""
    with pikepdf.open(io.BytesIO(signers.bytes_of(paper, "signed"))) as opened:
        field = opened.Root.AcroForm.Fields[place]
        page = next(n for n, one in enumerate(opened.pages) if one.objgen == field.P.objgen)
        return page, [float(number) for number in field.Rect]


def test_the_chairman_signs_between_his_office_and_his_name(cast: Cast, paper: Paper) -> None:
    sign(cast.chair, paper)
    page, box = widget(paper)
    with pdfplumber.open(io.BytesIO(signers.bytes_of(paper))) as opened:
        sheet = opened.pages[page]
        office = sheet.search("CHỦ TỊCH")[-1]
    assert sheet.height - box[3] > office["bottom"]
    assert (box[0] + box[2]) / 2 == pytest.approx((office["x0"] + office["x1"]) / 2, abs=2)


def test_the_secretary_signs_the_minutes_on_the_left_and_the_chair_on_the_right(
    cast: Cast, django_capture_on_commit_callbacks: Jobs
) -> None:
    minutes = signers.made_paper(cast, django_capture_on_commit_callbacks, "minutes")
    sign(cast.secretary, minutes)
    _page, left = widget(minutes)
    sign(cast.chair, minutes)
    _page, right = widget(minutes)
    middle = 595 / 2
    assert (left[0] + left[2]) / 2 < middle < (right[0] + right[2]) / 2


def test_the_stamp_names_signer_and_moment_of_the_one_clock(cast: Cast, paper: Paper) -> None:
    sign(cast.chair, paper)
    with pikepdf.open(io.BytesIO(signers.bytes_of(paper, "signed"))) as opened:
        claimed = str(opened.Root.AcroForm.Fields[0].V.M)
    assert re.match(r"D:20210115\d{6}\+07'00'", claimed)


@pytest.mark.parametrize("who", ["lead", "member", "council_member", "auditor", "officer"])
def test_nobody_else_signs(cast: Cast, bare: Paper, who: str) -> None:
    with pytest.raises(Refusal):
        sign(cast.people[who], bare)
    assert not Event.objects.filter(action="paper.signed").exists()


def test_an_agency_signs_its_own_report_and_no_other_does(
    cast: Cast, django_capture_on_commit_callbacks: Jobs
) -> None:
    signers.made_paper(cast, django_capture_on_commit_callbacks)
    with django_capture_on_commit_callbacks(execute=True):
        report = papers.ask_for_paper(cast.head, cast.fresh(), "self_report", cast.dossier)
    sign(cast.head, report)
    for who in (cast.other_head, cast.secretary):
        with pytest.raises(Refusal):
            sign(who, report)


def test_an_outdated_paper_is_not_signed(cast: Cast, bare: Paper) -> None:
    council.return_to_council(cast.chair, cast.fresh(), "Xem lại")
    with pytest.raises(Refusal, match="đã lỗi thời"):
        sign(cast.chair, bare)


def test_an_issued_paper_is_not_signed_any_more(cast: Cast, bare: Paper) -> None:
    issued(cast, bare)
    with pytest.raises(Refusal, match="đã được ghi nhận ban hành"):
        sign(cast.chair, bare)


def test_two_who_sign_at_the_same_time_do_not_lose_one(
    cast: Cast, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = issuing.signing.sign

    def slow(*args: Any, **kwargs: Any) -> bytes:
        monkeypatch.setattr(issuing.signing, "sign", made)
        sign(cast.chair, paper)  # somebody else, while this one is being made
        return made(*args, **kwargs)

    monkeypatch.setattr(issuing.signing, "sign", slow)
    with pytest.raises(Refused) as caught:
        sign(cast.secretary, paper)
    assert caught.value.code == "signed_meanwhile"
    assert Event.objects.filter(action="paper.signed").count() == 1


def test_a_wrong_passphrase_signs_nothing_and_keeps_nothing(cast: Cast, bare: Paper) -> None:
    before = list(evidence_store().names())
    wrong = issuing.KeyFile(signers.key_file(), "khoa.p12", "sai")
    with pytest.raises(Refused) as caught:
        issuing.sign_paper(cast.chair, fresh(bare), wrong, issuing.Look())
    assert caught.value.code == "wrong_passphrase"
    assert list(evidence_store().names()) == before
    assert not bare.files.filter(format="signed").exists()


def test_the_device_of_the_server_signs_with_its_pin(
    cast: Cast, paper: Paper, settings: Any
) -> None:
    signers.device()
    settings.SIGNING_PKCS11_MODULE, settings.SIGNING_PKCS11_TOKEN = signers.SOFTHSM, "parc"
    issuing.sign_paper(cast.secretary, fresh(paper), issuing.Pin(signers.PIN), SEAL)
    event = Event.objects.get(action="paper.signed")
    assert event.data["means"] == "pkcs11"
    assert event.data["certificate"]["serial"] == "4d"
    assert signers.PIN not in trail.canonical(event.data)


# --- Issuing -------------------------------------------------------------------------------
def upload(content: bytes, name: str = "QD-35.pdf") -> StreamedUpload:
    """A file as the upload handler of the settings takes it in."""
    request = RequestFactory().post("/", {"file": SimpleUploadedFile(name, content)})
    taken = request.FILES["file"]
    assert isinstance(taken, StreamedUpload)
    return taken


def issued(
    cast: Cast, paper: Paper, content: bytes | None = None, number: str = "35",
    day: date = date(2021, 1, 15),
) -> Issue:  # fmt: skip
    if not hasattr(cast.fresh(), "decision"):
        signers.approved(cast)
    returned = None
    if content is not None:
        returned = issuing.examine(cast.secretary, fresh(paper), upload(content))
    return issuing.issue(cast.secretary, fresh(paper), number, day, returned)


def test_number_day_file_and_signatures_are_recorded(cast: Cast, paper: Paper) -> None:
    sign(cast.chair, paper)
    content = signers.bytes_of(paper, "signed")
    made = issued(cast, paper, content)
    assert (made.number, made.issued_on, made.recorded_by) == (
        "35",
        date(2021, 1, 15),
        cast.secretary,
    )
    assert (made.size, made.file_name, made.matches) == (len(content), "QD-35.pdf", True)
    with evidence_store().open(made.sha256) as kept:
        assert kept.read() == content
    (one,) = made.signatures
    assert (one["signer"], one["intact"], one["trusted"]) == (signers.SIGNER, True, None)
    event = Event.objects.get(action="paper.issued")
    assert event.sentence.endswith("số 35 ngày 15/01/2021")
    assert event.data["sha256"] == made.sha256
    assert list(trail.breaks()) == []


@pytest.mark.parametrize(
    ("typed", "kept"), [("5", "05"), ("005", "05"), ("35", "35"), ("35a", "35a"), ("5a", "05a")]
)
def test_a_number_is_kept_as_the_decree_writes_it(
    cast: Cast, bare: Paper, typed: str, kept: str
) -> None:
    assert issued(cast, bare, number=typed).number == kept


def test_a_paper_signed_by_hand_is_recorded_without_a_file(cast: Cast, bare: Paper) -> None:
    made = issued(cast, bare)
    assert (made.sha256, made.size, made.matches, made.signatures) == ("", 0, None, [])


def test_a_paper_leaves_the_house_once(cast: Cast, bare: Paper) -> None:
    issued(cast, bare)
    with pytest.raises(Refusal, match="đã được ghi nhận ban hành"):
        issued(cast, bare, number="36")
    assert Issue.objects.count() == 1


def test_an_outdated_paper_is_not_issued(cast: Cast, bare: Paper) -> None:
    signers.approved(cast)
    papers.save_bases(
        cast.secretary, [papers.BasisInput("Căn cứ mới")],
        seen=papers.bases_state(cast.jurisdiction),
    )  # fmt: skip
    with pytest.raises(Refusal, match="đã lỗi thời"):
        issued(cast, bare)


def test_a_decision_is_not_issued_before_the_result_is_approved(cast: Cast, bare: Paper) -> None:
    with pytest.raises(Refusal, match="chưa được Hội đồng phê duyệt"):
        issuing.issue(cast.secretary, fresh(bare), "35", date(2021, 1, 15))


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2021, 1, 16), "sau hôm nay"), (date(2021, 1, 14), "trước ngày phê duyệt")],
)
def test_a_day_that_cannot_be_is_refused(cast: Cast, bare: Paper, day: date, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        issued(cast, bare, day=day)


def test_a_number_is_given_once_a_year(
    cast: Cast, paper: Paper, clock: Clock, django_capture_on_commit_callbacks: Jobs
) -> None:
    issued(cast, paper, number="35a")
    papers.save_bases(
        cast.secretary, [papers.BasisInput("Căn cứ mới")],
        seen=papers.bases_state(cast.jurisdiction),
    )  # fmt: skip
    another = signers.made_paper(cast, django_capture_on_commit_callbacks)
    assert another.pk != paper.pk
    clock.set(AFTER)
    with pytest.raises(Invalid, match="đã được dùng trong năm"):
        issued(cast, another, number="35A", day=date(2021, 1, 18))
    assert issued(cast, another, number="36", day=date(2021, 1, 18)).number == "36"


def examined(cast: Cast, paper: Paper, content: bytes, name: str = "QD.pdf") -> issuing.Returned:
    if not hasattr(cast.fresh(), "decision"):
        signers.approved(cast)
    return issuing.examine(cast.secretary, fresh(paper), upload(content, name))


def test_a_whole_signed_file_of_the_draft_raises_no_doubt(
    cast: Cast, paper: Paper, settings: Any, tmp_path: Path
) -> None:
    settings.SIGNING_TRUST_ROOTS = str(signers.trusted(tmp_path / "roots"))
    sign(cast.chair, paper)
    found = examined(cast, paper, signers.bytes_of(paper, "signed"))
    assert found.doubts == ()
    assert (found.matches, found.signatures[0]["trusted"]) == (True, True)


def test_a_file_of_another_result_is_doubted(cast: Cast, paper: Paper) -> None:
    with pikepdf.open(io.BytesIO(signers.bytes_of(paper))) as opened:
        name = next(name for name in opened.attachments if name.endswith(".json"))
        del opened.attachments[name]
        changed = {"form": 1, "round": {}, "groups": []}
        opened.attachments[name] = trail.canonical(changed).encode()
        out = io.BytesIO()
        opened.save(out)
    found = examined(cast, paper, out.getvalue())
    assert found.matches is False
    assert any("khác với mã đối chiếu" in doubt for doubt in found.doubts)
    assert issuing.issue(
        cast.secretary, fresh(paper), "35", date(2021, 1, 15), found
    ).matches is False  # fmt: skip


def test_a_file_without_code_and_signature_is_doubted(cast: Cast, bare: Paper) -> None:
    plain = (CORPUS / "evidence" / "ok-plain.pdf").read_bytes()
    found = examined(cast, bare, plain)
    assert found.matches is None
    assert len(found.doubts) == 2


def test_a_stranger_who_signed_is_doubted(
    cast: Cast, paper: Paper, settings: Any, tmp_path: Path
) -> None:
    roots = tmp_path / "roots"
    roots.mkdir()
    other = signers.certificate("Người khác", serial=9)
    (roots / "khac.crt").write_bytes(other.public_bytes(signers.serialization.Encoding.PEM))
    (roots / "doc-di.txt").write_text("not a certificate")
    settings.SIGNING_TRUST_ROOTS = str(roots)
    sign(cast.chair, paper)
    found = examined(cast, paper, signers.bytes_of(paper, "signed"))
    assert found.signatures[0]["trusted"] is False
    assert any("tin cậy" in doubt for doubt in found.doubts)


def test_a_broken_signature_is_refused(cast: Cast, paper: Paper) -> None:
    sign(cast.chair, paper)
    broken = rewritten(signers.bytes_of(paper, "signed"))
    with pytest.raises(Refused) as caught:
        examined(cast, paper, broken)
    assert caught.value.code == "broken_signature"


@pytest.mark.parametrize("name", sorted(path.name for path in (CORPUS / "evidence").glob("*")))
def test_every_hostile_file_gets_a_definite_answer_and_leaves_nothing(
    cast: Cast, bare: Paper, name: str
) -> None:
    before = list(evidence_store().names())
    try:
        doubts = examined(cast, bare, (CORPUS / "evidence" / name).read_bytes(), name).doubts
    except Refused as refused:
        doubts = (refused.sentence,)
    assert all(doubts)
    assert doubts
    assert list(evidence_store().names()) == before


def test_nobody_but_the_secretary_records(cast: Cast, bare: Paper) -> None:
    signers.approved(cast)
    for key in ("chair", "lead", "auditor", "officer"):
        with pytest.raises(Refusal):
            issuing.issue(cast.people[key], fresh(bare), "35", date(2021, 1, 15))
