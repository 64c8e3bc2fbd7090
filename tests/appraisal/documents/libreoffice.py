"""A Word file as LibreOffice prints it, with the letters that stand in for Times New Roman.

A machine without Times New Roman would print with other widths; Tinos, which the product carries,
has the same ones, and a configuration of fonts of our own says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 300
CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{folder}/fonts</cachedir>
  <alias binding="same">
    <family>Times New Roman</family><prefer><family>Tinos</family></prefer>
  </alias>
</fontconfig>
"""


class LibreOffice:
    """LibreOffice with a profile of its own in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        configuration = folder / "fonts.conf"
        fonts = ROOT / "static" / "print" / "fonts"
        configuration.write_text(CONFIGURATION.format(fonts=fonts, folder=folder))
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "FONTCONFIG_FILE": str(configuration),
        }

    def pdf(self, content: bytes) -> bytes:
        """The Word file as a PDF."""
        return self.convert(content, "pdf")

    def convert(self, content: bytes, to: str) -> bytes:
        """The Word file saved by LibreOffice in another format, or in the same anew."""
        source = self._folder / "paper.docx"
        target = self._folder / "out"
        shutil.rmtree(target, ignore_errors=True)
        source.write_bytes(content)
        program = shutil.which("soffice")
        assert program, "LibreOffice is not on this machine"
        subprocess.run(
            [
                program, f"-env:UserInstallation=file://{self._folder}/profile", "--headless",
                "--norestore", "--convert-to", to, "--outdir", str(target), str(source),
            ],
            check=True, timeout=SECONDS, capture_output=True, env=self._environment,
        )  # fmt: skip
        return (target / f"paper.{to.partition(':')[0]}").read_bytes()
