"""A Word template and values become a Word file, by docxtpl's tags and a closed Jinja.

No value ever stands in markup: an expression prints a token, and the text itself is put into the
node of the parsed file afterwards. Whole parts of a paper are marks that the caller replaces.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree  # type: ignore[import-untyped]
from markupsafe import Markup

from appraisal.files.refusal import Refused, gettext_noop

WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
FILTERS: Final = ("upper", "lower", "length", "join")
"""The only filters: none of them makes markup, calls, or grows without bound."""
MARK: Final = "mark:"
"""What the style of a marked paragraph begins with; the name of the part follows."""

_TEXT: Final = f"{{{WORD}}}t"
_OPEN, _CLOSE = "\ue000", "\ue001"
_TOKEN: Final = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"

NOT_FILLED: Final = gettext_noop(
    "Mẫu Word của cơ quan không điền được số liệu của văn bản này (%(why)s). Hãy sửa mẫu rồi tải"
    " lên lại, hoặc dùng mẫu có sẵn."
)


class Part:
    """A whole part of the paper; it prints a mark, and is true when the paper has it."""

    def __init__(self, name: str, *, exists: bool) -> None:
        self._name = name
        self._exists = exists

    def __bool__(self) -> bool:
        return self._exists

    def __html__(self) -> str:
        return f'<w:p xmlns:w="{WORD}"><w:pPr><w:pStyle w:val="{MARK}{self._name}"/></w:pPr></w:p>'


class Closed(ImmutableSandboxedEnvironment):
    """Jinja without globals, tests or calls; what it prints is kept and a token stands for it."""

    def __init__(self, printed: list[str]) -> None:
        def keep(value: object) -> object:
            if isinstance(value, Part):
                return Markup(value.__html__())  # noqa: S704 - a constant and a name of ours
            text = str(value)
            if not isinstance(value, str | int):
                raise SecurityError("only texts and counts are printed")
            printed.append(text)
            return f"{_OPEN}{len(printed) - 1}{_CLOSE}"

        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=keep, optimized=False)
        self.globals = {}
        self.filters = {name: self.filters[name] for name in FILTERS}
        self.tests = {}

    def call(self, *_call: Any, **_arguments: Any) -> Any:
        raise SecurityError("a template calls nothing")


def fill(template: bytes, values: Mapping[str, Any], parts: Sequence[str]) -> bytes:
    """The template with the values in their places; `parts` names the values that are parts.

    Raises Refused when the template asks for something that `values` does not have.
    """
    opened = DocxTemplate(io.BytesIO(template))
    opened.init_docx()
    document = opened.docx
    printed: list[str] = []
    jinja = Closed(printed)
    context = {name: _value(value) for name, value in values.items()}
    context |= {name: Part(name, exists=bool(values[name])) for name in parts}

    def filled(element: Any) -> Any:
        source = opened.patch_xml(etree.tostring(element, encoding="unicode"))
        # A token in the file itself would take the text of another.
        source = source.replace(_OPEN, "")
        result = parse_xml(jinja.from_string(source).render(context))
        _put_texts(result, printed)
        return result

    try:
        body = document.element.body
        document.element.replace(body, filled(body))
        for part in running_parts(document):
            part._element = filled(part.element)
    except (TemplateError, etree.XMLSyntaxError) as error:
        raise Refused(NOT_FILLED, "template_not_filled", why=str(error)[:200]) from error
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def running_parts(document: Any) -> list[Any]:
    """The headers and footers of the document, in the order of their names."""
    kinds = {RELATIONSHIP_TYPE.HEADER, RELATIONSHIP_TYPE.FOOTER}
    found = [item.target_part for item in document.part.rels.values() if item.reltype in kinds]
    return sorted(found, key=lambda part: str(part.partname))


def fill_files(
    template: str, folder: str, papers: Sequence[Mapping[str, Any]], parts: Sequence[str]
) -> list[str]:
    """Fill the template at that path once for each paper's values; the files, in `folder`.

    For a child process: paths and plain data in, paths out.
    """
    content = Path(template).read_bytes()
    paths = []
    for number, values in enumerate(papers):
        path = Path(folder, f"{number}.docx")
        path.write_bytes(fill(content, values, parts))
        paths.append(str(path))
    return paths


def _value(value: Any) -> Any:
    """Records as plain objects: a field can never be mistaken for a method of a dictionary."""
    if isinstance(value, Mapping):
        return SimpleNamespace(**{name: _value(item) for name, item in value.items()})
    if isinstance(value, list):
        return [_value(item) for item in value]
    return value


def _put_texts(element: Any, printed: Sequence[str]) -> None:
    """Put the texts where their tokens stand; line breaks become Word's own."""

    def text_of(token: re.Match[str]) -> str:
        return printed[int(token[1])]

    for node in list(element.iter(_TEXT)):
        if node.text and _OPEN in node.text:
            set_text(node, _TOKEN.sub(text_of, node.text))


def set_text(node: Any, text: str) -> None:
    """Put `text` into a `w:t`; every line break in it becomes Word's own."""
    first, *others = text.split("\n")
    node.text = first
    node.set(_SPACE, "preserve")
    for line in others:
        following = node.makeelement(_TEXT)
        following.text = line
        following.set(_SPACE, "preserve")
        node.addnext(following)
        node.addnext(node.makeelement(f"{{{WORD}}}br"))
        node = following
