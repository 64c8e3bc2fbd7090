"""One object of every kind that an address can name, for sweeps over all addresses."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from agencies.models import User
from appraisal.files.store import evidence_store
from appraisal.models import (
    CannedRemark,
    Citation,
    Consolidation,
    Evidence,
    ExplanationRequest,
    Issue,
    Meeting,
    Paper,
    PaperFile,
    PaperTemplate,
    WorkbookImport,
)
from appraisal.papers.basis import basis_of, subject_of
from appraisal.queries import results
from appraisal.states import RoundState, Stage
from appraisal.workflow.templates import preview_store
from tests import cast as moments
from tests.cast import Cast, moment

NOON = moment("2020-12-10 12:00")
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n"
    b"0000000105 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n170\n%%EOF\n"
)

# Where the round stands in each staging of a sweep, and when.
STAGINGS: dict[str, tuple[RoundState, str]] = {
    "draft": (RoundState.DRAFT, moments.SELF_ASSESSMENT),
    "open": (RoundState.OPEN, moments.SELF_ASSESSMENT),
    "appraisal": (RoundState.OPEN, moments.APPRAISAL),
    "explanation": (RoundState.OPEN, moments.EXPLANATION),
    "after": (RoundState.OPEN, moments.COUNCIL),
    "council": (RoundState.COUNCIL, moments.COUNCIL),
    "consolidated": (RoundState.CONSOLIDATED, moments.COUNCIL),
    "approved": (RoundState.APPROVED, moments.COUNCIL),
    "published": (RoundState.PUBLISHED, moments.AFTER),
}


class World:
    """The cast with everything around it; `arguments` fills an address."""

    def __init__(self, cast: Cast, staging: str) -> None:
        self.cast = cast
        self.state, self.at = STAGINGS[staging]
        dossier, leaf = cast.dossier, cast.leaf("1.1")
        stored = evidence_store().put([PDF])
        self.evidence = Evidence.objects.create(
            agency=dossier.agency, sha256=stored.sha256, size=stored.size,
            content_type="application/pdf", file_name="Kế hoạch.pdf", pages=1, title="Kế hoạch",
            uploaded_by=cast.officer, uploaded_at=NOON,
        )  # fmt: skip
        self.citation = Citation.objects.create(
            dossier=dossier, criterion=leaf, evidence=self.evidence, cited_by=cast.officer,
            cited_at=NOON,
        )  # fmt: skip
        if staging not in {"draft", "open"}:
            cast.fill()
            ExplanationRequest.objects.create(
                dossier=dossier, criterion=leaf, text="Đề nghị giải trình", asked_by=cast.member,
                asked_at=NOON,
            )  # fmt: skip
            # The council has settled the request that nobody answered.
            cast.mark("1.1", "9", Stage.COUNCIL, author=cast.secretary, reason="Kết luận")
        self.remark = CannedRemark.objects.create(
            round=cast.round, text="Thiếu số, ngày", created_by=cast.member
        )
        self.meeting = Meeting.objects.create(
            round=cast.round, held_at=moment(moments.COUNCIL), place="Hội trường"
        )
        common: dict[str, Any] = {
            "round": cast.round, "file_name": "bang.xlsx", "sha256": "0" * 64,
            "uploaded_by": cast.secretary, "uploaded_at": NOON,
        }  # fmt: skip
        self.criteria_import = WorkbookImport.objects.create(
            group=cast.departments, kind="criteria",
            content={"rows": [], "problems": [], "notes": []}, **common,
        )  # fmt: skip
        self.survey_import = WorkbookImport.objects.create(
            group=cast.departments, kind="survey", content={"points": [], "problems": []}, **common
        )
        self.offline_import = WorkbookImport.objects.create(
            dossier=dossier, kind="self_scores",
            content={
                "said": [], "problems": [],
                "bundle": {"taken": [], "refused": [], "unused": [], "documents": {}},
            },
            **common,
        )  # fmt: skip
        self.past_import = WorkbookImport.objects.create(
            kind="past", content={"rows": [], "problems": []}, **common
        )
        self.bench_import = WorkbookImport.objects.create(
            kind="appraisals", content={"said": [], "strange": [], "problems": []},
            **{**common, "uploaded_by": cast.member},
        )  # fmt: skip
        self.corrections_import = WorkbookImport.objects.create(
            kind="corrections", content={"rows": []}, **{**common, "uploaded_by": cast.lead}
        )
        # Invited and never signed in.
        self.guest = User.objects.create_user(
            "khach@kontum.example.vn", None, full_name="Khách Mời", jurisdiction=cast.jurisdiction
        )
        sealed = results.seal(cast.round)
        self.consolidation = Consolidation.objects.create(
            round=cast.round, number=1, snapshot=sealed.text, fingerprint=sealed.fingerprint,
            made_by=cast.secretary, made_at=moment(moments.COUNCIL),
        )  # fmt: skip
        round = cast.put(self.state)
        self.paper = Paper.objects.create(
            round=round, consolidation=self.consolidation, kind="decision",
            basis=basis_of(subject_of(round, "decision")), state="done", progress=100,
            asked_by=cast.secretary, asked_at=NOON,
        )  # fmt: skip
        PaperFile.objects.create(
            paper=self.paper, format="pdf", sha256=stored.sha256, size=stored.size
        )

        # Another one, signed here and recorded as issued.
        self.issued = Paper.objects.create(
            round=round, consolidation=self.consolidation, kind="submission",
            basis=basis_of(subject_of(round, "submission")), state="done", progress=100,
            asked_by=cast.secretary, asked_at=NOON,
        )  # fmt: skip
        PaperFile.objects.create(
            paper=self.issued, format="signed", sha256=stored.sha256, size=stored.size,
            signed_by=cast.secretary, signed_at=NOON,
        )  # fmt: skip
        Issue.objects.create(
            paper=self.issued, number="07", issued_on=NOON.date(), sha256=stored.sha256,
            size=stored.size, file_name="To-trinh.pdf", recorded_by=cast.secretary,
            recorded_at=NOON,
        )  # fmt: skip

        # The rest of the submission, so that it can be taken along whole.
        for kind in ("report", "minutes", "letters"):
            more = Paper.objects.create(
                round=round, kind=kind, basis=basis_of(subject_of(round, kind)), state="done",
                progress=100, asked_by=cast.secretary, asked_at=NOON,
            )  # fmt: skip
            PaperFile.objects.create(
                paper=more, format="pdf", sha256=stored.sha256, size=stored.size
            )

        # An office's own template with its sample, printed.
        sample = preview_store().put([PDF]).sha256
        self.template = PaperTemplate.objects.create(
            jurisdiction=cast.jurisdiction, kind="decision", version=1, sha256=stored.sha256,
            size=stored.size, file_name="Mẫu quyết định.docx", uploaded_by=cast.secretary,
            uploaded_at=NOON,
            facts={
                "names": ["so"], "fonts": [], "pages": [],
                "preview": {"docx": sample, "pdf": sample, "pages": 1, "round": ""},
            },
        )  # fmt: skip

    def arguments(self, name: str, wanted: set[str]) -> dict[str, Any]:
        """The keyword arguments of an address, about Sở Y tế's things."""
        cast = self.cast
        area = name.split(":")[1].rsplit("-", 1)[0]
        things: dict[str, Any] = {
            "criterion_pk": cast.leaf("1.1").pk,
            "leaf_pk": cast.leaf("1.1").pk,
            "dossier_pk": cast.dossier.pk,
            "seat_pk": cast.lead.seats.get().pk,
            "remark_pk": self.remark.pk,
            "meeting_pk": self.meeting.pk,
            "group": cast.departments.code,
            "number": 1,
            "stage": "appraisal",
            "format": "pdf",
            "fingerprint": self.consolidation.fingerprint,
            "kind": "decision",
            "import_pk": {
                "survey": self.survey_import.pk,
                "offline": self.offline_import.pk,
                "bench": self.bench_import.pk,
                "corrections": self.corrections_import.pk,
                "past": self.past_import.pk,
            }.get(area, self.criteria_import.pk),
            "uidb64": urlsafe_base64_encode(force_bytes(cast.officer.pk)),
            "token": default_token_generator.make_token(cast.officer),
        }
        return {key: self._pk(name) if key == "pk" else things[key] for key in wanted}

    def _pk(self, name: str) -> int:
        short = name.split(":")[1]
        if name.startswith("agencies:"):
            if short == "people-reinvite":
                return self.guest.pk
            if short.startswith("people"):
                return self.cast.other_officer.pk
            if short.startswith("group"):
                return self.cast.departments.pk
            return self.cast.agencies["SYT"].pk
        for prefix, thing in (
            ("citations-edit", self.citation),
            ("citations-remove", self.citation),
            ("evidence", self.evidence),
            ("templates", self.template),
            ("papers-show", self.paper),
            ("papers-download", self.paper),
            ("papers-signatures", self.issued),
            ("papers-sign", self.paper),
            ("papers-issued", self.issued),
            ("papers-issue", self.paper),
        ):
            if short.startswith(prefix):
                return int(thing.pk)
        of_dossier = (
            "dossiers", "marks", "citations-add", "explanations", "trail-dossier", "extensions",
            "rulings", "results-dossier", "papers-dossier", "offline",
        )  # fmt: skip
        return self.cast.dossier.pk if short.startswith(of_dossier) else self.cast.round.pk
