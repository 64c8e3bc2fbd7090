"""`bin/screenshots [NAME…]`: the pictures of `docs/screenshots`, taken from the demonstration.

Each stage that a picture needs is seeded into a folder of its own, which is thrown away, and served
on a free port of this machine. Chromium shows the page at 1440 × 900 in real pixels.
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "screenshots"
WIDTH, HEIGHT = 1440, 900
HOST = "127.0.0.1"
PASSWORD = "KonTum-CCHC-2020"  # noqa: S105 - the printed password of invented accounts
ROUND = "1"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
COLOURS = 256
STARTS_WITHIN_SECONDS = 60
PAPER_DOTS_PER_INCH = 96
PAPER_GAP, PAPER_GROUND = 24, "#e6eaeb"


@dataclass(frozen=True)
class Site:
    """The demonstration at one stage: where its data is and at which address it answers."""

    origin: str
    environment: dict[str, str]
    folder: Path

    def manage(self, *arguments: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(  # noqa: S603 - our own command
            command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.DEVNULL
        )


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def prepare(folder: Path, stage: str) -> Site:
    """Kon Tum 2020 at the stage, not yet served; settings of a real installation are not used."""
    (folder / "static").mkdir()
    port = free_port()
    origin = f"http://{HOST}:{port}"
    real = {"DATABASE_URL", "REDIS_URL", "EVIDENCE_ROOT", "SECRET_KEY", "ALLOWED_HOSTS"}
    environment = {key: value for key, value in os.environ.items() if key not in real} | {
        "PARC_LOCAL": "1",
        "PARC_VAR": str(folder),
        "PARC_CLOCK_OFFSET": "0",
        "HOST": HOST,
        "PORT": str(port),
        "SITE_ORIGIN": origin,
    }
    site = Site(origin, environment, folder)
    site.manage("migrate", "--verbosity", "0")
    site.manage("seed_demo", "--stage", stage)
    environment["PARC_CLOCK_OFFSET"] = (folder / "clock_offset").read_text().strip()
    return site


@contextmanager
def served(stage: str) -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="parc-screenshots-") as folder:
        site = prepare(Path(folder), stage)
        command = [sys.executable, "-m", "gunicorn", "parc.wsgi", "--config", "deploy/demo.conf.py"]
        server = subprocess.Popen(command, cwd=ROOT, env=site.environment)  # noqa: S603
        try:
            wait_for(f"{site.origin}/sign-in/", server)
            yield site
        finally:
            server.terminate()
            server.wait(timeout=20)


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Until the address answers; RuntimeError when the server ends or stays silent."""
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(address, timeout=5):  # noqa: S310 - our own server
                return
        except URLError:
            time.sleep(0.2)
    raise RuntimeError(f"{address} does not answer")


@contextmanager
def signed_in(browser: Browser, site: Site, account: str) -> Iterator[Page]:
    """A page of the person, at home."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        device_scale_factor=1,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        reduced_motion="reduce",
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(f"{site.origin}/sign-in/")
    page.get_by_label("Thư điện tử").fill(f"{account}@kontum.example.vn")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.wait_for_url(f"{site.origin}/")
    try:
        yield page
    finally:
        context.close()


def go(page: Page, label: str) -> None:
    """Follow an entry of the main navigation."""
    page.get_by_role("navigation", name="Các phần việc").get_by_role("link", name=label).click()
    page.wait_for_load_state("networkidle")


def shoot(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.mouse.move(0, 0)
    save(Image.open(io.BytesIO(page.screenshot())), name)


def save(picture: Image.Image, name: str) -> None:
    """As a PNG of few colours: a screen of text needs no more, and a page loads quickly."""
    path = PICTURES / f"{name}.png"
    few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    sys.stdout.write(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} KB\n")


# --- Pictures: one function for each, with the stage that it needs ------------------------------
def home(browser: Browser, site: Site) -> None:
    with signed_in(browser, site, "canbo.syt") as page:
        shoot(page, "home")


def dossier(browser: Browser, site: Site) -> None:
    """A leaf with figures, a proposal and a cited document."""
    with signed_in(browser, site, "canbo.syt") as page:
        go(page, "Hồ sơ tự chấm")
        page.get_by_role("link", name="1.1.3").first.click()
        shoot(page, "dossier")


def criteria_import(browser: Browser, site: Site) -> None:
    """The preview of a workbook in which two sums do not agree."""
    with signed_in(browser, site, "thuky") as page:
        go(page, "Thiết lập đợt")
        page.get_by_role("link", name="Bộ tiêu chí", exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Xuất bảng tính").first.click()
        file = site.folder / "bo-tieu-chi.xlsx"
        download.value.save_as(file)
        workbook = load_workbook(file)
        for address in ("D6", "D9"):
            points = workbook.worksheets[0][address]
            points.value = float(str(points.value)) + 0.5
        workbook.save(file)
        page.get_by_role("link", name="Thay bằng tệp khác").first.click()
        page.get_by_label("Tệp bảng tính").set_input_files(file)
        page.get_by_role("button", name="Đọc tệp và xem trước").click()
        shoot(page, "criteria-import")


def bench(browser: Browser, site: Site) -> None:
    """The next leaf to appraise, its document beside it."""
    with signed_in(browser, site, "thamdinh.stttt") as page:
        go(page, "Thẩm định")
        page.get_by_role("link", name="Mục chưa xong kế tiếp").click()
        page.locator(".preview img").first.wait_for()
        shoot(page, "bench")


def progress(browser: Browser, site: Site) -> None:
    with signed_in(browser, site, "totruong") as page:
        go(page, "Tiến độ")
        shoot(page, "progress")


def table(browser: Browser, site: Site) -> None:
    with signed_in(browser, site, "chutich") as page:
        go(page, "Bảng tổng hợp")
        shoot(page, "table")


def derivation(browser: Browser, site: Site) -> None:
    with signed_in(browser, site, "chutich") as page:
        go(page, "Bảng tổng hợp")
        page.get_by_role("link", name="Sở Y tế", exact=True).click()
        shoot(page, "derivation")


def approval(browser: Browser, site: Site) -> None:
    with signed_in(browser, site, "chutich") as page:
        go(page, "Hội đồng")
        page.get_by_role("link", name="Phê duyệt", exact=True).click()
        shoot(page, "approval")


def decision(browser: Browser, site: Site) -> None:
    """The first page and the last one of an annex, side by side as on a table."""
    file = site.folder / "decision.pdf"
    site.manage("decision_pdf", "--round", ROUND, "--output", str(file))
    program = shutil.which("pdftoppm")
    if program is None:
        raise RuntimeError("pdftoppm is missing: apt-get install poppler-utils")
    command = [program, "-png", "-r", str(PAPER_DOTS_PER_INCH), str(file), str(site.folder / "p")]
    subprocess.run(command, check=True)  # noqa: S603
    pages = [Image.open(path) for path in sorted(site.folder.glob("p-*.png"))]
    first, annex = pages[0], pages[-1]
    size = (first.width + annex.width + 3 * PAPER_GAP, first.height + 2 * PAPER_GAP)
    ground = Image.new("RGB", size, PAPER_GROUND)
    ground.paste(first, (PAPER_GAP, PAPER_GAP))
    ground.paste(annex, (first.width + 2 * PAPER_GAP, PAPER_GAP))
    save(ground, "decision")


Picture = Callable[[Browser, Site], None]
PICTURES_OF: dict[str, dict[str, Picture]] = {
    "setup": {"criteria-import": criteria_import},
    "self_assessment": {"home": home, "dossier": dossier},
    "appraisal": {"bench": bench, "progress": progress},
    "council": {
        "table": table,
        "derivation": derivation,
        "approval": approval,
        "decision": decision,
    },
}


def main(wanted: list[str]) -> int:
    known = [name for pictures in PICTURES_OF.values() for name in pictures]
    if unknown := sorted(set(wanted) - set(known)):
        sys.stderr.write(f"no such picture: {', '.join(unknown)}; there are {', '.join(known)}\n")
        return 2
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        sys.stderr.write("Chromium is missing: apt-get install chromium\n")
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for stage, pictures in PICTURES_OF.items():
            chosen = [take for name, take in pictures.items() if not wanted or name in wanted]
            if not chosen:
                continue
            with served(stage) as site:
                if stage == "council":
                    # Counted by the secretary, so that the chair has something to approve.
                    site.manage("consolidate", "--round", ROUND)
                for take in chosen:
                    take(browser, site)
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
