"""DOCX and XLSX files, inside the child: what they are, what they would load or run, and to PDF.

Reading the tables of a workbook is the business of `appraisal.workbooks`.
"""

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit
from xml.parsers import expat
from xml.sax.saxutils import escape
from zipfile import ZipFile

from defusedxml import ElementTree

from appraisal.files import kinds
from appraisal.files.archives import CHUNK, check_archive
from appraisal.files.inside import has_no_way_out
from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _

CONTENT_TYPES = "[Content_Types].xml"
PACKAGE_RELATIONSHIPS = "_rels/.rels"
DOCUMENT_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
WORKBOOK_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_TYPE = re.compile(r"vbaproject|macroenabled|macrosheet", re.IGNORECASE)
MACRO_PART = re.compile(r"vbaproject|/macrosheets/", re.IGNORECASE)
CONTROL_PART = re.compile(r"/(activex|ctrlprops|customui)/|^customui/", re.IGNORECASE)
EMBEDDED_PART = re.compile(r"/embeddings/|oleobject", re.IGNORECASE)
CONNECTIONS_PART = re.compile(r"^xl/(connections\.xml|externallinks/)", re.IGNORECASE)
ORDINARY_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
# Word fields and sheet formulas that fetch or start something when the file is opened.
LOADING_FIELD = re.compile(
    r"\b(INCLUDEPICTURE|INCLUDETEXT|IMPORT|DDEAUTO|DDE|LINK|DATABASE)\b", re.IGNORECASE
)
LOADING_FORMULA = re.compile(r"\b(WEBSERVICE|CALL|REGISTER(\.ID)?)\s*\(|\w\s*\|\s*'", re.IGNORECASE)
PDF_A = (
    'pdf:writer_pdf_Export:{"SelectPdfVersion":{"type":"long","value":"3"},'
    '"UseTaggedPDF":{"type":"boolean","value":"true"}}'
)
FONT_CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts}</dir>
  <cachedir>{folder}/fonts</cachedir>
  <alias binding="same">
    <family>Times New Roman</family><prefer><family>Tinos</family></prefer>
  </alias>
</fontconfig>
"""
FIELD_EDGE = "fldChar"
FIELD_TEXT = "instrText"
SIMPLE_FIELD = "fldSimple"
FORMULA = "f"

DAMAGED = _("“%(name)s” bị hỏng hoặc thiếu phần chính. Hãy mở, lưu lại rồi gửi lại.")
OTHER_KIND = _(
    "“%(name)s” không phải là tệp %(kind)s như tên gọi. Hãy lưu lại đúng định dạng rồi gửi lại."
)
MACROS = _("“%(name)s” chứa macro. Hãy lưu lại thành tệp không có macro rồi gửi lại.")
NO_CONVERTER = _("Máy chủ không xem trước được tệp văn phòng này. Hãy tải tệp về máy để xem.")


def inspect_document(path: str, name: str) -> tuple[None, list[str]]:
    """Flags of a DOCX. Raises Refused for another kind, macros, or a dangerous archive."""
    return None, _inspect(path, name, DOCUMENT_MAIN, kinds.DOCX)


def inspect_workbook(path: str, name: str) -> tuple[None, list[str]]:
    """Flags of an XLSX. Raises Refused for another kind, macros, or a dangerous archive."""
    return None, _inspect(path, name, WORKBOOK_MAIN, kinds.XLSX)


def to_pdf(path: str, folder: str, converter: str, seconds: int) -> str:
    """Convert an office file by LibreOffice in the empty directory `folder`; the PDF's path.

    Only where no network can be reached: documents name addresses that a converter would load.
    """
    (made,) = _converted([path], folder, converter, "pdf", seconds)
    return made


def papers_to_pdf(
    paths: list[str], folder: str, converter: str, fonts: str, seconds: int
) -> list[str]:
    """Convert papers by LibreOffice in `folder` to tagged PDF/A-3; the paths of the PDFs.

    The fonts in the directory `fonts` stand in for Times New Roman, whatever the machine has.
    Only where no network can be reached.
    """
    configuration = Path(folder, "fonts.conf")
    configuration.write_text(
        FONT_CONFIGURATION.format(fonts=escape(fonts), folder=escape(folder)), encoding="utf-8"
    )
    return _converted(
        paths, folder, converter, PDF_A, seconds, {"FONTCONFIG_FILE": str(configuration)}
    )


def _converted(
    paths: list[str],
    folder: str,
    converter: str,
    to: str,
    seconds: int,
    environment: Mapping[str, str] | None = None,
) -> list[str]:
    if not has_no_way_out():
        raise Refused(NO_CONVERTER, "no_converter")
    profile = Path(folder, "profile")
    command = [converter, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    subprocess.run(  # noqa: S603
        [*command, "--convert-to", to, "--outdir", folder, *paths],
        check=True,
        timeout=seconds,
        stdin=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "HOME": folder, "LANG": "C.UTF-8", **(environment or {})},
    )
    return [str(Path(folder, Path(path).stem + ".pdf")) for path in paths]


def _inspect(path: str, name: str, main_type: str, kind: kinds.Kind) -> list[str]:
    check_archive(path, kinds.EVIDENCE_LIMITS, name, embedded_office=True)
    with ZipFile(path) as archive:
        names = archive.namelist()
        if CONTENT_TYPES not in names or PACKAGE_RELATIONSHIPS not in names:
            raise Refused(OTHER_KIND, "wrong_kind", name=name, kind=kind.label)
        types = _ContentTypes(archive)
        if any(MACRO_PART.search(part) or MACRO_TYPE.search(types.of(part)) for part in names):
            raise Refused(MACROS, "macros", name=name)
        main = _main_part(archive)
        if main not in names:
            raise Refused(DAMAGED, "no_main_part", name=name)
        if types.of(main) != main_type:
            raise Refused(OTHER_KIND, "wrong_kind", name=name, kind=kind.label)
        flags = set()
        for part in names:
            if CONTROL_PART.search(part):
                flags.add(kinds.ACTIVE_CONTENT)
            if EMBEDDED_PART.search(part):
                flags.add(kinds.EMBEDDED_FILE)
            if CONNECTIONS_PART.search(part):
                flags.add(kinds.EXTERNAL_LINK)
            if part.endswith(".rels"):
                flags |= _external(archive, part)
            elif part.startswith(("word/", "xl/worksheets/")) and part.endswith(".xml"):
                with archive.open(part) as handle:
                    if _Instructions().load_something(handle):
                        flags.add(kinds.ACTIVE_CONTENT)
    return sorted(flags)


class _ContentTypes:
    """The package's own table of what each part is."""

    def __init__(self, archive: ZipFile) -> None:
        self._defaults: dict[str, str] = {}
        self._overrides: dict[str, str] = {}
        for element in _elements(archive, CONTENT_TYPES):
            content_type = element.get("ContentType", "")
            self._defaults[element.get("Extension", "").lower()] = content_type
            self._overrides[element.get("PartName", "").lower()] = content_type

    def of(self, part: str) -> str:
        default = self._defaults.get(part.rpartition(".")[2].lower(), "")
        return self._overrides.get(f"/{part}".lower(), default)


def _elements(archive: ZipFile, part: str) -> Iterator[Mapping[str, str]]:
    """The attributes of each entry in one of the package's own tables."""
    for element in ElementTree.fromstring(archive.read(part)):
        yield element.attrib


def _main_part(archive: ZipFile) -> str:
    for relationship in _elements(archive, PACKAGE_RELATIONSHIPS):
        if relationship.get("Type", "").endswith("/officeDocument"):
            return str(relationship.get("Target", "")).lstrip("/")
    return ""


def _external(archive: ZipFile, part: str) -> set[str]:
    """A hyperlink waits for a click; every other external target is loaded on opening."""
    flags = set()
    for relationship in _elements(archive, part):
        if relationship.get("TargetMode", "").lower() != "external":
            continue
        flags.add(kinds.EXTERNAL_LINK)
        is_link = relationship.get("Type", "").endswith("/hyperlink")
        scheme = urlsplit(relationship.get("Target", "")).scheme.lower()
        if not is_link or scheme not in ORDINARY_SCHEMES:
            flags.add(kinds.ACTIVE_CONTENT)
    return flags


class _Instructions:
    """Collects the field codes and formulas of one part; pieces of one code are joined."""

    def __init__(self) -> None:
        self._codes: list[str] = []
        self._formulas: list[str] = []
        self._into: list[str] | None = None
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def load_something(self, handle: IO[bytes]) -> bool:
        while chunk := handle.read(CHUNK):
            self._parser.Parse(chunk, False)
        self._parser.Parse(b"", True)
        codes, formulas = "".join(self._codes), "".join(self._formulas)
        return bool(LOADING_FIELD.search(codes) or LOADING_FORMULA.search(formulas))

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        local = element.rpartition(" ")[2]
        if local == FIELD_TEXT:
            self._into = self._codes
        elif local == FORMULA:
            self._into = self._formulas
        elif local == FIELD_EDGE:
            self._codes.append("\n")
        elif local == SIMPLE_FIELD:
            for key, value in attributes.items():
                if key.endswith(" instr"):
                    self._codes.append(f"\n{value}\n")

    def _end(self, element: str) -> None:
        if self._into is self._formulas:
            self._formulas.append("\n")
        self._into = None

    def _text(self, text: str) -> None:
        if self._into is not None:
            self._into.append(text)
