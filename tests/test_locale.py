"""The catalogues: English says everything that the sources say, and the compiled files are theirs.

The sentences of the sources are read here (Python's own syntax tree, Django's own reading of
templates), so that the answer is the same with and without GNU gettext installed.
"""

from __future__ import annotations

import ast
import gettext
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation.template import templatize

BASE: Path = settings.BASE_DIR
LANGUAGES = ("en", "vi")
ONE, MANY = {"gettext", "gettext_lazy", "gettext_noop"}, {"ngettext", "ngettext_lazy"}
# A msgid that a call of the given functions names, as `templatize` writes them.
IN_TEMPLATE = re.compile(r"""\s(?:n?gettext|_)\(\s*u?("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')""")
PLACE = re.compile(r"%(?:\([A-Za-z_]+\))?[sdrf]|%%|\{[A-Za-z_]*\}")


@dataclass
class Message:
    """One entry of a .po file; `forms` are its translations, one per plural form."""

    flags: set[str] = field(default_factory=set)
    msgid: str | None = None
    plural: str | None = None
    forms: list[str] = field(default_factory=list)


def catalogue(language: str) -> list[Message]:
    """The entries of the .po file, its header first."""
    path = BASE / "locale" / language / "LC_MESSAGES" / "django.po"
    return [entry(part) for part in path.read_text(encoding="utf-8").strip().split("\n\n")]


def entry(part: str) -> Message:
    found, word = Message(), ""
    for line in part.splitlines():
        if line.startswith("#,"):
            found.flags |= {flag.strip() for flag in line[2:].split(",")}
        if line.startswith("#"):
            continue
        if not line.startswith('"'):
            word, line = line.split(" ", 1)
        text = ast.literal_eval(line)
        if word == "msgid":
            found.msgid = (found.msgid or "") + text
        elif word == "msgid_plural":
            found.plural = (found.plural or "") + text
        elif word.startswith("msgstr"):
            index = int(word[7:-1]) if word != "msgstr" else 0
            found.forms += [""] * (index + 1 - len(found.forms))
            found.forms[index] += text
        else:
            raise ValueError(f"{word}: this reader does not know the word")
    return found


def entries(language: str) -> list[Message]:
    return catalogue(language)[1:]


def said_in_python(source: str) -> Iterator[str]:
    """The msgids of a module: first arguments of gettext and of whatever it was imported as."""
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in ONE | MANY
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            first = node.args[0]
            assert not isinstance(first, ast.JoinedStr), (
                f"an f-string in gettext, line {node.lineno}"
            )
            if isinstance(first, ast.Constant):
                yield str(first.value)


def said_in_template(source: str) -> Iterator[str]:
    for literal in IN_TEMPLATE.findall(templatize(source)):
        yield ast.literal_eval(literal)


def said_in_sources() -> dict[str, str]:
    """Every msgid of the product, with one file that says it."""
    said = {}
    for top in ("agencies", "appraisal", "parc"):
        for path in sorted((BASE / top).rglob("*.py")):
            for msgid in said_in_python(path.read_text(encoding="utf-8")):
                said[msgid] = str(path.relative_to(BASE))
    for path in sorted((BASE / "templates").rglob("*.*")):
        for msgid in said_in_template(path.read_text(encoding="utf-8")):
            said[msgid] = str(path.relative_to(BASE))
    return said


def test_the_reading_of_sources_sees_every_way_of_saying_a_sentence() -> None:
    python = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from appraisal.files.refusal import gettext_noop as message
A = gettext_lazy("một"), message("hai " "ba"), _(name)
B = ngettext("%d việc", "%d việc", n) % n
"""
    template = (
        "{% load i18n %}{% translate 'bốn' %}{% translate \"năm\" as x %}{{ _('sáu')|upper }}"
        "{% blocktranslate with a=b %}bảy {{ a }} “x” 'y'{% endblocktranslate %}"
        "{% blocktranslate count n=m %}{{ n }} tám{% plural %}{{ n }} tám{% endblocktranslate %}"
    )
    assert set(said_in_python(python)) == {"một", "hai ba", "%d việc"}
    assert set(said_in_template(template)) == {
        "bốn", "năm", "sáu", "bảy %(a)s “x” 'y'", "%(n)s tám",
    }  # fmt: skip


def test_english_has_the_sentences_of_the_sources_and_no_others() -> None:
    said = said_in_sources()
    held = {message.msgid for message in entries("en")}
    missing = {msgid: where for msgid, where in said.items() if msgid not in held}
    assert not missing, f"without English: {missing}; make messages, then translate"
    assert not held - set(said), "said nowhere any more; make messages removes them"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_once_in_every_plural_form(language: str) -> None:
    header, *messages = catalogue(language)
    found = re.search(r"nplurals=(\d)", header.forms[0])
    assert found
    assert messages
    for message in messages:
        wanted = int(found[1]) if message.plural is not None else 1
        assert len(message.forms) == wanted, message.msgid
        assert all(form.strip() for form in message.forms), message.msgid
        assert "fuzzy" not in message.flags, message.msgid
    repeated = Counter(message.msgid for message in messages) - Counter(
        {message.msgid for message in messages}
    )
    assert not repeated


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_fills_the_same_places(language: str) -> None:
    for message in entries(language):
        wanted = sorted(PLACE.findall(message.msgid or ""))
        for form in message.forms:
            assert sorted(PLACE.findall(form)) == wanted, message.msgid
            assert form.count("\n") == (message.msgid or "").count("\n"), message.msgid


def test_the_places_are_seen() -> None:
    assert PLACE.findall("%(name)s: %d {x} 5%% của %s") == ["%(name)s", "%d", "{x}", "%%", "%s"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_says_what_the_text_says(language: str) -> None:
    path = BASE / "locale" / language / "LC_MESSAGES" / "django.mo"
    with path.open("rb") as file:
        compiled = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    written: dict[str | tuple[str, int], str] = {}
    for message in catalogue(language):
        assert message.msgid is not None
        if message.plural is None:
            written[message.msgid] = message.forms[0]
        else:
            written |= {(message.msgid, n): form for n, form in enumerate(message.forms)}
    assert compiled == written


@pytest.mark.django_db
def test_a_page_speaks_english_once_it_was_chosen(client: Client) -> None:
    page = reverse("agencies:sign-in")
    assert "<h1>Đăng nhập</h1>" in client.get(page).content.decode()
    client.post(reverse("agencies:language"), {"language": "en"})
    answer = client.get(page)
    assert "<h1>Sign in</h1>" in answer.content.decode()
    assert "The display language was changed." in answer.content.decode()
    assert answer.headers["Content-Language"] == "en"
    client.post(reverse("agencies:language"), {"language": "vi"})
    assert "<h1>Đăng nhập</h1>" in client.get(page).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("wish", ["en", "en-US,en;q=0.9,vi;q=0.1", "fr", "*"])
def test_vietnamese_is_served_whatever_the_browser_prefers(client: Client, wish: str) -> None:
    answer = client.get(reverse("agencies:sign-in"), headers={"accept-language": wish})
    assert "<h1>Đăng nhập</h1>" in answer.content.decode()
    assert answer.headers["Content-Language"] == "vi"


@pytest.mark.parametrize(
    ("plain", "typed", "sentence"),
    [
        (forms.CharField(), "a\0", "Nội dung có ký tự không hợp lệ. Hãy gõ lại mục này."),
        (forms.CharField(), "", "Hãy điền mục này."),
        (forms.CharField(max_length=3), "abcd", "Mục này dài quá 3 ký tự (đang có 4)."),
        (forms.IntegerField(), "x", "Hãy điền một số nguyên."),
        (forms.IntegerField(min_value=0), "-1", "Hãy điền số không nhỏ hơn 0."),
        (forms.IntegerField(max_value=9), "10", "Hãy điền số không lớn hơn 9."),
        (
            forms.ChoiceField(choices=[("a", "A")]),
            "b",
            "“b” không có trong danh sách. Hãy chọn lại.",
        ),
    ],
)
def test_a_plain_field_of_django_speaks_our_vietnamese(
    plain: forms.Field, typed: str, sentence: str
) -> None:
    with translation.override("vi"), pytest.raises(forms.ValidationError) as refused:
        plain.clean(typed)
    assert refused.value.messages == [sentence]
