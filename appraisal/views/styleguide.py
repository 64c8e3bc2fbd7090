"""Every component of the face in all its states, for looking at; on one's own machine only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

LONG = "Tỷ lệ hồ sơ thủ tục hành chính được tiếp nhận trực tuyến toàn trình trong tổng số hồ sơ"


class Sample(forms.Form):
    """One control of each kind."""

    points = forms.CharField(
        label="Điểm tự chấm",
        help_text="Từ 0 đến 1,5; dùng dấu phẩy thập phân.",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    group = forms.ChoiceField(
        label="Nhóm đơn vị",
        choices=[("so", "Sở, ban, ngành"), ("huyen", "Ủy ban nhân dân huyện, thành phố")],
    )
    reason = forms.CharField(
        label="Lý do",
        help_text="Bắt buộc khi điểm khác với điểm được gợi ý.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    level = forms.ChoiceField(
        label="Mức độ hoàn thành",
        widget=forms.RadioSelect,
        choices=[("1", "Hoàn thành 100% kế hoạch"), ("2", "Hoàn thành từ 80% đến dưới 100%")],
    )
    agree = forms.BooleanField(label="Tôi đã đối chiếu tài liệu kiểm chứng", required=False)


def context() -> dict[str, Any]:
    """What templates/styleguide.html draws."""
    now = timezone.now()
    states = [
        "not_started",
        "in_work",
        "saved",
        "returned",
        "submitted",
        "appraised",
        "disputed",
        "agreed",
        "explained",
        "ruled",
        "locked",
        "open",
        "consolidated",
        "approved",
        "published",
    ]
    leaves = [
        {
            "code": f"1.{n}",
            "label": LONG if n == 2 else f"Tiêu chí thành phần số {n}",
            "url": f"#l{n}",
            "state": state,
            "active": n == 2,
            "points": "1,50",
        }
        for n, state in enumerate(states[:6], 1)
    ]
    rows = []
    for n, name in enumerate(
        (
            "Sở Nội vụ",
            "Sở Kế hoạch và Đầu tư",
            "Sở Nông nghiệp và Phát triển nông thôn",
            "Ban Quản lý Khu kinh tế tỉnh",
            "Sở Văn hóa, Thể thao và Du lịch",
            "Thanh tra tỉnh",
            "Sở Giao thông vận tải",
            "Sở Khoa học và Công nghệ",
            "Sở Tài nguyên và Môi trường",
            "Sở Lao động, Thương binh và Xã hội",
            "Sở Thông tin và Truyền thông",
            "Sở Y tế",
        ),
        1,
    ):
        final = 92.4 - n * 1.37
        rows.append(
            {
                "rank": n,
                "name": name,
                "index": f"{final:.2f}".replace(".", ","),
                "delta": -0.25 * (n % 4) + 0.25,
                "grade": "Xuất sắc" if final >= 90 else "Tốt" if final >= 80 else "Khá",
                "cells": [
                    {
                        "own": f"{9 + (n * k) % 5 / 4:.2f}".replace(".", ","),
                        "final": f"{8.5 + (n * k) % 5 / 4:.2f}".replace(".", ","),
                        "heat": 1 + (n * k) % 5,
                    }
                    for k in range(1, 9)
                ],
            }
        )
    return {
        "demo": True,
        "demo_clock": "Đồng hồ minh họa: 16:20 30/11/2020",
        "server_now": now,
        "round_label": "Đợt đánh giá năm 2020 – tỉnh Kon Tum",
        "rounds": [
            {"label": "Đợt đánh giá năm 2020", "url": "#2020", "active": True},
            {"label": "Đợt đánh giá năm 2019", "url": "#2019", "active": False},
        ],
        "nav": [
            {"label": "Việc của tôi", "url": "#home", "icon": "house", "active": True, "count": 4},
            {"label": "Tự chấm điểm", "url": "#self", "icon": "pencil-square"},
            {"label": "Thẩm định", "url": "#appraise", "icon": "clipboard-check", "count": 27},
            {"label": "Giải trình", "url": "#explain", "icon": "chat-left-text"},
            {"label": "Tổng hợp", "url": "#results", "icon": "table"},
            {"label": "Hội đồng", "url": "#council", "icon": "people"},
            {"label": "Thiết lập", "url": "#setup", "icon": "gear"},
        ],
        "save_url": "/styleguide/save/",
        "crumbs": [
            {"label": "Đợt đánh giá năm 2020", "url": "#2020"},
            {"label": "Sở Nông nghiệp và Phát triển nông thôn", "url": "#agency"},
        ],
        "states": states,
        "long": LONG,
        "fields_ok": list(Sample(initial={"points": "1,25"}, prefix="ok")),
        "fields_bad": list(Sample({"bad-points": "1,75"}, prefix="bad")),
        "tree": [
            {
                "code": "1",
                "label": "Công tác chỉ đạo, điều hành cải cách hành chính",
                "open": True,
                "points": "4,5/7",
                "children": leaves,
            },
            {"code": "2", "label": "Cải cách thể chế", "points": "0/6", "children": leaves[:1]},
        ],
        "events": [
            {
                "at": now,
                "text": "Trả lại hồ sơ để bổ sung",
                "actor": "Nguyễn Thị Hường, Tổ trưởng",
                "icon": "arrow-counterclockwise",
                "tone": "warn",
                "note": "Tiêu chí 1.2 và 3.1 chưa có tài liệu kiểm chứng.",
            },
            {
                "at": now - timedelta(hours=20),
                "text": "Gửi hồ sơ",
                "actor": "Lê Văn Đức, Giám đốc",
                "icon": "send",
                "tone": "accent",
            },
            {"at": now - timedelta(days=3), "text": "Bắt đầu tự chấm điểm", "actor": "Y Hoa"},
        ],
        "problems": [
            {
                "title": "Thiếu điểm",
                "problems": [
                    {
                        "severity": "blocking",
                        "where": "Sở Y tế · 3.2",
                        "url": "#p1",
                        "text": f"Chưa có điểm thẩm định cho “{LONG}”.",
                    },
                    {
                        "severity": "warning",
                        "where": "Sở Nội vụ · 1.4",
                        "url": "#p2",
                        "text": "Tài liệu kiểm chứng ghi ngày ngoài năm đánh giá.",
                    },
                ],
            },
            {
                "title": "Ghi chú",
                "problems": [
                    {
                        "severity": "note",
                        "text": "Điểm điều tra xã hội học nhập lúc 09:15 12/11/2020.",
                    }
                ],
            },
        ],
        "page": Paginator(range(260), 30).page(3),
        "tabs": [
            {"label": "Tự chấm", "url": "#t1", "active": False},
            {"label": "Thẩm định", "url": "#t2", "active": True, "count": 12},
            {"label": "Chính thức", "url": "#t3", "active": False},
            {"label": "Chênh lệch", "url": "#t4", "active": False, "count": 0},
        ],
        "file_meta": ["125/KH-SNNPTNT", "12/01/2020", "2,4 MB", "trang 3–7"],
        "file_chips": [
            {
                "text": "Ngoài năm đánh giá",
                "icon": "calendar-event",
                "tone": "warn",
                "title": "Văn bản ghi ngày 28/12/2019, ngoài năm đánh giá 2020.",
            },
            {
                "text": "Dùng ở 2 nơi khác",
                "icon": "link-45deg",
                "title": "Cùng nội dung tệp đã được dẫn ở tiêu chí 2.1 và 4.3.",
            },
        ],
        "denied": {
            "allowed": False,
            "reason": "Thời hạn tự chấm điểm đã hết lúc 17:00 30/11/2020.",
        },
        "soon": now + timedelta(minutes=42),
        "later": now + timedelta(days=6, hours=5),
        "gone": now - timedelta(hours=2),
        "rows": rows,
        "columns": [
            "Chỉ đạo, điều hành",
            "Thể chế",
            "Thủ tục hành chính",
            "Tổ chức bộ máy",
            "Công vụ",
            "Tài chính công",
            "Hiện đại hóa",
            "Điều tra XHH",
        ],
        "numbers": [0.5, -0.25, 0],
    }


@login_not_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    if not settings.LOCAL:
        raise Http404
    return render(request, "styleguide.html", context())
