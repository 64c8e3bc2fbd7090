"""What the shape of the house promises and a machine can see."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(
    path
    for folder in ("parc", "agencies", "appraisal")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_module_says_what_lives_in_it(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if tree.body:
        assert ast.get_docstring(tree)


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_no_error_is_swallowed(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            assert not all(isinstance(line, ast.Pass) for line in node.body), node.lineno
            assert node.type is not None, node.lineno


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_nothing_typed_reaches_a_query_or_a_model_unnamed(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"[(,]\s*\*\*\s*request\.(GET|POST)", text)
    assert '"__all__"' not in text


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if "workflow" not in path.parts], ids=relative
)
def test_only_the_workflow_writes_states(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        targets = node.targets if isinstance(node, ast.Assign) else []
        for target in targets:
            written = isinstance(target, ast.Attribute) and target.attr == "state"
            assert not written, f"{relative(path)}:{node.lineno}"


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_no_template_holds_script_or_style(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style\b", text) or "documents" in path.parts
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert "|safe" not in text
    assert "javascript:" not in text


def test_no_path_of_a_machine_and_no_address_of_a_package_host() -> None:
    forbidden = re.compile(
        "|".join((r"/ro" + "ot/", r"/wo" + "rk/", "py" + "pi.org", "files.python" + "hosted"))
    )
    kept = [
        path
        for pattern in ("*.md", "*.txt", "*.toml", "*.yml", "Makefile", "Dockerfile")
        for path in ROOT.glob(pattern)
    ]
    for path in [*SOURCES, *TEMPLATES, *kept]:
        assert not forbidden.search(path.read_text(encoding="utf-8")), relative(path)
