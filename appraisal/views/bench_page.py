"""The bench in words: everything that its template prints, formatted. Reads through `queries`."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.http import Request
from agencies.verdict import Verdict, no
from appraisal import clock, rules, scoring
from appraisal.files import kinds, previews
from appraisal.forms.bench import AskForm, MarkForm, RemarkForm
from appraisal.models import CannedRemark, Criterion, Mark, Round
from appraisal.queries import bench, evidence, offers
from appraisal.states import Stage

STATES: dict[str, tuple[str, str, Promise]] = {
    "todo": ("circle", "quiet", gettext_lazy("Chưa chấm")),
    "changed": ("arrow-clockwise", "warn", gettext_lazy("Cơ quan sửa sau khi chấm")),
    "agreed": ("check-circle", "ok", gettext_lazy("Đồng ý với tự chấm")),
    "differs": ("exclamation-triangle", "warn", gettext_lazy("Khác tự chấm")),
    "asked": ("chat-left-text", "info", gettext_lazy("Đã yêu cầu giải trình")),
    "explained": ("reply-fill", "odd", gettext_lazy("Đã giải trình")),
    "again": ("check-all", "ok", gettext_lazy("Đã thẩm định lần 2")),
}


@dataclass(frozen=True)
class Item:
    """One line of the queue."""

    dom: str
    url: str
    label: str
    code: str
    numbers: str
    icon: str
    tone: str
    words: str
    is_current: bool


@dataclass(frozen=True)
class Said:
    """What one mark says, for the eye."""

    points: str
    reason: str
    who: str
    when: str
    not_applicable: bool


@dataclass(frozen=True)
class Preview:
    """One page of a cited document, or the sentence why there is none."""

    title: str
    image: str
    page: str
    alt: str
    why_none: str
    download: str
    before: str
    after: str


def address(
    round: int,
    *,
    walk: str,
    everything: bool,
    dossier: int | None = None,
    leaf: int | None = None,
    **more: object,
) -> str:
    """The bench at an item."""
    query: dict[str, object] = {"walk": walk}
    if everything:
        query["all"] = 1
    query |= {"dossier": dossier, "leaf": leaf, **more}
    shown = {name: value for name, value in query.items() if value is not None}
    return f"{reverse('appraisal:bench-show', args=[round])}?{urlencode(shown)}"


def item_address(round: int, opened: bench.Queue, key: bench.Key, **more: object) -> str:
    return address(
        round, walk=opened.walk, everything=opened.everything, dossier=key[0], leaf=key[1], **more
    )


def state(facts: bench.ItemFacts | None) -> dict[str, Any]:
    icon, tone, words = STATES[facts.state if facts else "todo"]
    return {"icon": icon, "tone": tone, "words": words}


def mark_form(
    criterion: Criterion, marks: Mapping[str, Mark], stage: Stage, data: QueryDict | None = None
) -> MarkForm:
    """The form of one mark, with the points that the page offers taken exactly."""
    stored, own = marks.get(stage), marks.get(Stage.SELF)
    proposed = offers.proposal(criterion, own)
    offered = [item.points for item in marks.values()]
    offered += [item.points for item in offers.offers(criterion, proposed, None)]
    initial = {
        "version": stored.version if stored else 0,
        "points": offers.exact(stored.points) if stored else "",
        "reason": stored.reason if stored else "",
        "not_applicable": stored.not_applicable if stored else False,
    }
    return MarkForm(
        data,
        criterion=criterion,
        exact={offers.exact(points): points for points in offered if points is not None},
        initial=initial,
    )


def differences(form: MarkForm, current: Mark | None) -> list[dict[str, Any]]:
    """Where what was typed differs from what is stored, as autosave.js reads it."""
    typed = form.cleaned_data
    waived = typed.get("not_applicable", False)
    pairs: list[tuple[str, Any, Any]] = [
        (
            "points",
            offers.exact(typed["points"]),
            offers.exact(current.points if current else None),
        ),
        ("reason", typed["reason"], current.reason if current else ""),
        ("not_applicable", waived, current.not_applicable if current else False),
    ]
    said = {True: _("có"), False: _("không"), "": _("(để trống)")}
    return [
        {
            "name": name,
            "label": str(form.fields[name].label),
            "mine": mine,
            "theirs": theirs,
            "mine_text": said.get(mine, mine),
            "theirs_text": said.get(theirs, theirs),
        }
        for name, mine, theirs in pairs
        if name in form.fields and mine != theirs
    ]


def _points(mark_points: Decimal | None, waived: bool = False, *, trim: bool = True) -> str:
    if waived:
        return _("KAD")
    return "–" if mark_points is None else scoring.show(mark_points, trim=trim)


def _said(mark: Mark | None) -> Said | None:
    if mark is None:
        return None
    return Said(
        points=_("Không áp dụng") if mark.not_applicable else _points(mark.points),
        reason=mark.reason,
        who=mark.author.full_name,
        when=clock.minute(mark.saved_at),
        not_applicable=mark.not_applicable,
    )


def _items(round: Round, opened: bench.Queue) -> list[Item]:
    shown = []
    for key in opened.line():
        facts = opened.facts.get(key)
        leaf, dossier = opened.plan.leaves[key[1]], opened.dossiers[key[0]]
        by_agency = opened.walk == "agency"
        icon, tone, words = STATES[facts.state if facts else "todo"]
        shown.append(
            Item(
                dom=f"{key[0]}-{key[1]}",
                url=item_address(round.pk, opened, key),
                label=leaf.title if by_agency else dossier.agency.name,
                code=leaf.code if by_agency else "",
                numbers=numbers(facts),
                icon=icon,
                tone=tone,
                words=str(words),
                is_current=key == opened.current,
            )
        )
    return shown


def numbers(facts: bench.ItemFacts | None) -> str:
    """Self-score and the team's last mark, always with two decimals: `8,50 → 8,00`."""
    if facts is None:
        return ""
    own = _points(facts.points.get(Stage.SELF), Stage.SELF in facts.waived, trim=False)
    last = Stage.REAPPRAISAL if Stage.REAPPRAISAL in facts.saved else Stage.APPRAISAL
    if last not in facts.saved:
        return own
    return f"{own} → {_points(facts.points[last], last in facts.waived, trim=False)}"


def _lines(opened: bench.Queue) -> list[tuple[int, str, bool]]:
    """The lines as options: (value, label, chosen)."""
    options = []
    for line in opened.lines:
        dossier, leaf = line[0]
        if opened.walk == "agency":
            value, label = dossier, opened.dossiers[dossier].agency.name
        else:
            value, label = leaf, f"{opened.plan.leaves[leaf].code} {opened.plan.leaves[leaf].title}"
        options.append((value, label[:90], opened.current in line))
    return options


def _running(opened: bench.Queue, key: bench.Key) -> str:
    """The points given so far in the open dossier, of the whole of this person's leaves."""
    if opened.everything and opened.walk != "agency":
        return ""
    given = whole = Decimal(0)
    for line in opened.lines:
        for dossier, leaf in line:
            if dossier != key[0]:
                continue
            facts = opened.facts.get((dossier, leaf))
            node = opened.plan.leaves[leaf]
            if node.kind in {"bonus", "penalty"}:
                continue
            whole += node.max_points
            if facts is not None:
                points = facts.points.get(Stage.REAPPRAISAL, facts.points.get(Stage.APPRAISAL))
                given += points or 0
    return f"{scoring.show(given, trim=True)}/{scoring.show(whole, trim=True)}"


def _cited(
    request: HttpRequest, round: Round, opened: bench.Queue, rows: list[evidence.Row]
) -> tuple[list[dict[str, Any]], Preview | None]:
    key = opened.current
    assert key is not None
    wanted = request.GET.get("doc", "")
    chosen = next((row for row in rows if str(row.citation and row.citation.pk) == wanted), None)
    chosen = chosen or next(iter(rows), None)
    listed = [
        {
            "row": row,
            "url": item_address(round.pk, opened, key, doc=row.citation.pk),
            "is_open": row is chosen,
            "note": row.citation.note,
            "is_supplementary": row.citation.is_supplementary,
        }
        for row in rows
        if row.citation is not None
    ]
    if chosen is None or chosen.citation is None:
        return listed, None
    document, cited = chosen.evidence, chosen.citation
    asked = request.GET.get("page", "")
    page = int(asked[:6]) if asked.isascii() and asked.isdigit() else cited.first_page
    last = min(document.pages or 1, kinds.MAX_PAGES)
    page = max(1, min(page, last))
    why = _why_no_preview(document.content_type, document.flags)

    def turn(to: int) -> str:
        if why or not 1 <= to <= last:
            return ""
        return item_address(round.pk, opened, key, doc=cited.pk, page=to)

    return listed, Preview(
        title=document.title,
        image="" if why else reverse("appraisal:evidence-page", args=[document.pk, page]),
        page=f"{page}/{last}",
        alt=_("Trang %(page)s của “%(title)s”") % {"page": page, "title": document.title},
        why_none=why,
        download=reverse("appraisal:evidence-download", args=[document.pk]),
        before=turn(page - 1),
        after=turn(page + 1),
    )


def _why_no_preview(content_type: str, flags: list[str]) -> str:
    if content_type in kinds.OFFICE and shutil.which(previews.CONVERTER) is None:
        return _("Máy chủ không xem trước được tệp văn phòng. Hãy tải tệp về máy để xem.")
    if kinds.NO_PREVIEW in flags:
        return _("Không xem trước được tệp này. Hãy tải tệp về máy để xem.")
    return ""


def _verdict(request: Request, opened: bench.Queue, at: datetime) -> tuple[Stage, Verdict]:
    """Which mark is given on the open item, and whether this person may give it now."""
    key = opened.current
    assert key is not None
    dossier, leaf = opened.dossiers[key[0]], opened.plan.leaves[key[1]]
    stage = opened.stage(key)
    can = rules.can_reappraise if stage == Stage.REAPPRAISAL else rules.can_appraise
    return stage, can(request.user, dossier, leaf, at=at)


def context(
    request: Request,
    round: Round,
    opened: bench.Queue,
    at: datetime,
    *,
    form: MarkForm | None = None,
    asking: AskForm | None = None,
    remarking: RemarkForm | None = None,
    refused: str = "",
    differences: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Everything that `bench/show.html` prints; bound forms are what was typed and not kept."""
    key = opened.current
    base = {
        "round": round,
        "walk": opened.walk,
        "walks": [
            {
                "label": label,
                "url": address(
                    round.pk, walk=walk, everything=opened.everything,
                    dossier=key[0] if key else None, leaf=key[1] if key else None,
                ),
                "active": opened.walk == walk,
            }
            for walk, label in (
                ("criterion", _("Theo tiêu chí")),
                ("agency", _("Theo cơ quan")),
            )
        ],
        "everything": opened.everything,
        "refused": refused,
        "fills_workbook": rules.can_fill_workbook(request.user, round, at=at),
    }  # fmt: skip
    if key is None:
        return base
    card = bench.card(opened, key)
    stage, verdict = _verdict(request, opened, at)
    own, first = card.marks.get(Stage.SELF), card.marks.get(Stage.APPRAISAL)
    proposed = offers.proposal(card.criterion, own)
    facts = opened.facts.get(key)
    listed, preview = _cited(request, round, opened, card.cited)
    done, count = opened.tally(opened.items())
    if opened.everything:  # only the open line was read
        done, count = opened.tally(opened.line())
    place = opened.line().index(key) + 1
    forward, back = opened.neighbour(1), opened.neighbour(-1)
    line_on, line_back = opened.next_line(1), opened.next_line(-1)
    todo = None if opened.everything else opened.unfinished()

    def link(to: bench.Key | None) -> str:
        return item_address(round.pk, opened, to) if to else ""

    query = urlencode(
        {"walk": opened.walk, **({"all": 1} if opened.everything else {})}
        | {"dossier": key[0], "leaf": key[1]}
    )
    arguments = [round.pk, *key]
    asked_verdict = _ask_verdict(round, stage, verdict)
    answer = getattr(card.request, "explanation", None) if card.request else None
    return base | {
        "dossier": card.dossier,
        "criterion": card.criterion,
        "field": card.criterion.field or card.criterion,
        "maximum": scoring.show(card.criterion.max_points, trim=True),
        "kind": scoring.KIND_LABELS[card.criterion.kind],
        "items": _items(round, opened),
        "lines": _lines(opened),
        "line_name": "dossier" if opened.walk == "agency" else "leaf",
        "done": done,
        "count": count,
        "place": place,
        "line_length": len(opened.line()),
        "running": _running(opened, key),
        "next_url": link(forward),
        "previous_url": link(back),
        "next_line_url": link(line_on),
        "previous_line_url": link(line_back),
        "todo_url": link(todo),
        "state": state(facts),
        "changed": facts is not None and facts.changed,
        "warns_own": rules.warns_own_agency(request.user, card.dossier) and bool(verdict),
        "declared": offers.declared(card.criterion, own),
        "own": _said(own),
        "can_agree": own is not None and (own.points is not None or own.not_applicable),
        "first": _said(first) if stage == Stage.REAPPRAISAL or not verdict else None,
        "again": _said(card.marks.get(Stage.REAPPRAISAL)) if not verdict else None,
        "last_year": [
            (Stage(name).label, _said(card.last_year[name]))
            for name in Stage.values
            if name in card.last_year
        ],
        "proposed": proposed,
        "proposed_points": offers.exact(proposed.points) if proposed else "",
        "offers": offers.offers(
            card.criterion, proposed, first if stage == Stage.REAPPRAISAL else None
        ),
        "stage": stage,
        "verdict": verdict,
        "is_marked": stage in card.marks,
        "form": form or mark_form(card.criterion, card.marks, stage),
        "differences": differences,
        "mark_url": f"{reverse('appraisal:bench-mark', args=[*arguments, stage])}?{query}",
        "request_": card.request,
        "request_when": clock.minute(card.request.asked_at) if card.request else "",
        "answer": answer,
        "answer_when": clock.minute(answer.saved_at) if answer else "",
        "ask_verdict": asked_verdict,
        "ask_form": asking or AskForm(initial={"text": card.request.text if card.request else ""}),
        "ask_url": f"{reverse('appraisal:bench-ask', args=arguments)}?{query}",
        "unask_url": f"{reverse('appraisal:bench-unask', args=arguments)}?{query}",
        "remarks": list(CannedRemark.objects.filter(round=round)) if verdict else [],
        "remark_form": remarking or RemarkForm(),
        "remarking": remarking is not None,
        "remark_query": query,
        "remark_url": f"{reverse('appraisal:bench-remark', args=[round.pk])}?{query}",
        "cited": listed,
        "preview": preview,
    }


def _ask_verdict(round: Round, stage: Stage, verdict: Verdict) -> Verdict:
    """Whether an explanation may be asked now: the rule asks the same of the person as marking."""
    if round.appraisals == 1:
        return no(_("Đợt này thẩm định một lần, không có vòng giải trình."))
    if stage != Stage.APPRAISAL:
        return no(_("Đã qua bước yêu cầu giải trình."))
    return verdict
