"""The two languages tell one story: the same skeleton and the same code, and nothing is behind."""

import ast
import re

import pytest

import build_book
import freshness
from execute import ROOT, python, read

BONE = re.compile(r"^(#+ |\(.+\)=|`{3,}\{[\w-]+\}|:label: .+|:name: .+|:class: .+)", re.M)
TARGET = re.compile(r"\{(doc|ref|eq|numref|cite:?\w*|prf:ref)\}`(?:[^`<]*<)?([^`>]+)>?`")
PAGES = build_book.page_names()
START = "---\njupytext:\n  text_representation: {extension: .md, format_name: myst}\n---\n\n"


def text(language: str, page: str) -> str:
    return (ROOT / "book" / language / f"{page}.md").read_text(encoding="utf-8")


def untranslated(source: str) -> str:
    """Code without what may be translated: comments and strings."""
    tree = ast.parse(python(source))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.unparse(tree)


def options(metadata: dict) -> dict:
    """The options of a cell without what may be translated: alternative text and caption."""
    shown = {key: dict(value) for key, value in metadata.get("mystnb", {}).items()}
    for part, words in (("image", "alt"), ("figure", "caption")):
        if part in shown:
            shown[part][words] = bool(shown[part].get(words))
    return {**metadata, "mystnb": shown}


def skeleton(text: str) -> list[str]:
    """Heading levels, labels and directives, and where the cells stand between them."""
    parts = []
    for cell in read(text).cells:
        parts += ["cell"] if cell.cell_type == "code" else BONE.findall(cell.source)
    return parts


def code(text: str) -> list[tuple[str, dict]]:
    cells = [cell for cell in read(text).cells if cell.cell_type == "code"]
    return [(untranslated(cell.source), options(cell.metadata)) for cell in cells]


def targets(text: str) -> set[tuple[str, str]]:
    """What the page refers to inside the book."""
    return set(TARGET.findall(text))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("part", [skeleton, code, targets])
def test_both_languages_have_the_same(part, page):
    assert part(text("es", page)) == part(text("en", page))


@pytest.mark.parametrize("page", PAGES)
def test_no_spanish_paragraph_is_behind(page):
    late = freshness.behind(text("en", page), freshness.record().get(page, []))
    assert not late, f"bring book/es/{page}.md up to date, then say `make reviewed PAGE={page}`"


@pytest.mark.parametrize(
    ("part", "english", "spanish"),
    [
        (skeleton, "# A\n\n## B\n", "# A\n"),
        (skeleton, "(a)=\n# A\n", "(b)=\n# A\n"),
        (skeleton, "```{exercise}\n:label: a\n```\n", "```{exercise}\n:label: b\n```\n"),
        (skeleton, "a\n\n```{code-cell}\n1\n```\n\n# B\n", "a\n\n# B\n\n```{code-cell}\n1\n```\n"),
        (code, "```{code-cell}\nlr = 0.01\n```\n", "```{code-cell}\nlr = 0.1\n```\n"),
        (
            code,
            "```{code-cell}\n%%writefile a.py\n```\n",
            "```{code-cell}\n%%writefile b.py\n```\n",
        ),
        (code, "```{code-cell}\nx\n```\n", "```{code-cell}\n:tags: [hide-input]\nx\n```\n"),
        (targets, "See {doc}`tensors`.", "Véase {doc}`autograd`."),
    ],
)
def test_a_difference_is_noticed(part, english, spanish):
    assert part(START + english) != part(START + spanish)


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("```{code-cell}\nx = 1  # one\n```\n", "```{code-cell}\nx = 1  # uno\n```\n"),
        ("```{code-cell}\nprint('one')\n```\n", "```{code-cell}\nprint('uno')\n```\n"),
        (
            "```{code-cell}\n---\nmystnb: {image: {alt: a line}}\n---\nx\n```\n",
            "```{code-cell}\n---\nmystnb: {image: {alt: una recta}}\n---\nx\n```\n",
        ),
    ],
)
def test_a_translation_is_no_difference(english, spanish):
    assert code(START + english) == code(START + spanish)


def test_a_changed_paragraph_is_named_and_a_rewrapped_one_is_not():
    page = f"{START}# Title\n\nOne thing\nis said.\n\nAnother.\n"
    reviewed = [freshness.fingerprint(block) for block in freshness.blocks(page)]
    assert freshness.behind(page, reviewed) == []
    assert freshness.behind(page.replace("thing\nis", "thing is"), reviewed) == []
    assert freshness.behind(page.replace("Another.", "Something else."), reviewed) == [
        "Something else."
    ]
    assert freshness.behind(page.replace("Another.", ""), reviewed) == [
        "(1 removed, after:) One thing\nis said."
    ]
    assert freshness.behind(page + "\nNew.\n", reviewed) == ["New."]
