"""The appraiser's bench: the queue, the evidence, the score card; mark, ask, remark."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agencies.http import Request
from agencies.verdict import Refusal, Verdict, no
from appraisal import clock, rules, scoring
from appraisal.forms.bench import AskForm, MarkForm, RemarkForm
from appraisal.models import CannedRemark, Mark, Round
from appraisal.queries import bench, offers
from appraisal.states import SeatRole, Stage, Step
from appraisal.views import preview
from appraisal.workflow import appraisal
from appraisal.workflow.acting import Conflict, Invalid, MarkInput

STATES = {
    "todo": ("circle", "quiet", _("Chưa chấm")),
    "changed": ("arrow-clockwise", "warn", _("Cơ quan sửa sau khi chấm")),
    "agreed": ("check-circle", "ok", _("Đồng ý với tự chấm")),
    "differs": ("exclamation-triangle", "warn", _("Khác tự chấm")),
    "asked": ("chat-left-text", "info", _("Đã yêu cầu giải trình")),
    "explained": ("reply-fill", "odd", _("Đã giải trình")),
    "again": ("check-all", "ok", _("Đã thẩm định lần 2")),
}
