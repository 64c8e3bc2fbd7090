import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from appraisal.files.names import EXTENSIONS, MAX_BYTES, display_name, extension_of
from appraisal.files.refusal import Refused
from tests.appraisal.files.corpus import NAME_CASES, NameCase


@pytest.mark.parametrize("errors", ["replace", "surrogateescape"])
@pytest.mark.parametrize("case", NAME_CASES, ids=lambda case: case.what[:40])
def test_each_name_of_the_corpus_gets_its_display_name(case: NameCase, errors: str) -> None:
    raw = case.raw.decode(errors=errors)
    if not case.accepted:
        with pytest.raises(Refused) as caught:
            display_name(raw)
        assert "Hãy" in caught.value.sentence
        return
    name = display_name(raw)
    if str(case.display_name).startswith("truncated"):
        letter = raw[0]
        assert name.strip(letter) == ".pdf"
        assert MAX_BYTES - len(letter.encode()) < len(name.encode()) <= MAX_BYTES
    else:
        assert name == case.display_name


def test_nfc_and_nfd_of_one_name_are_one_name() -> None:
    name = "Quyết định khen thưởng.pdf"
    assert display_name(unicodedata.normalize("NFD", name)) == display_name(name)


def test_a_refused_type_is_told_with_its_name() -> None:
    with pytest.raises(Refused) as caught:
        display_name("kịch bản.exe")
    assert "“kịch bản.exe”" in caught.value.sentence


@given(st.text(max_size=400) | st.text(max_size=400).map(lambda text: text + ".pdf"))
@example("." * 300 + "a.pdf")
@example("con :*.pdf")
@example("a" + " " * 300 + "b.docx")
def test_a_display_name_is_clean_short_and_stable(raw: str) -> None:
    name = _display_name_or_none(raw)
    if name is None:
        return
    assert unicodedata.is_normalized("NFC", name)
    assert len(name.encode()) <= MAX_BYTES
    assert extension_of(name) in EXTENSIONS
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in name)
    assert not set(name) & set("/\\:|*?")
    assert display_name(name) == name


def _display_name_or_none(raw: str) -> str | None:
    try:
        return display_name(raw)
    except Refused:
        return None
