"""Every page as a notebook: whole, in plain Markdown, with links that lead somewhere."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import jupytext
import nbformat
import pytest
from markdown_it import MarkdownIt
from nbformat import NotebookNode
from test_site import PAGES, soup

import build_book
import notebooks
from execute import ROOT, code_cells, executed

HOME = build_book.config("en")["sphinx"]["config"]["html_baseurl"].removesuffix("en/")
MYST = re.compile(r"^\s*([`:~]{3,})\{|\{[a-z-]+\}$|^\(.+\)=$|^%|^\+\+\+", re.M)
COLLAPSED = "source_hidden"
STRAIGHT = str.maketrans("\u201c\u201d\u2018\u2019", "\"\"''")  # Sphinx bends the site's quotes


def notebook(site: Path, page: str, folder: str = "") -> NotebookNode:
    path = site / "notebooks" / folder / f"{page}.ipynb"
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def text_of(page: str) -> str:
    return (ROOT / "book" / f"{page}.md").read_text(encoding="utf-8")


def prose(book: NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("page", PAGES)
def test_a_notebook_is_valid_and_has_the_code_of_its_page_after_one_cell(site, page):
    book = notebook(site, page)
    nbformat.validate(book)
    assert len({cell.id for cell in book.cells}) == len(book.cells)
    own = [cell.source for cell in code_cells(jupytext.reads(text_of(page), fmt="md:myst"))]
    there = code_cells(book)
    assert [cell.source for cell in there[1:]] == own
    assert bool(there) == bool(own)
    assert not any(cell.outputs or cell.execution_count for cell in there)
    assert "-m" in there[0].source if own else True
    assert "distributions" not in "".join(own)


@pytest.mark.parametrize("page", PAGES)
def test_the_notebook_with_outputs_shows_what_the_site_shows(site, page):
    bare, full = (notebook(site, page, folder) for folder in ("", "with-outputs"))
    nbformat.validate(full)
    assert [cell.source for cell in full.cells] == [cell.source for cell in bare.cells]
    ran = code_cells(executed(text_of(page))[0])
    assert [cell.outputs for cell in code_cells(full)[1:]] == [cell.outputs for cell in ran]


@pytest.mark.parametrize("page", PAGES)
def test_a_notebook_speaks_plain_markdown(site, page):
    said = prose(notebook(site, page))
    tokens = MarkdownIt().enable("table").parse(said)
    shown = [token for token in tokens if token.type not in {"fence", "code_block"}]
    inline = [child for token in shown for child in token.children or []]
    texts = [child.content for child in inline if child.type == "text"]
    assert not [text for text in texts if MYST.search(text)]
    assert not [token.info for token in tokens if token.info.startswith("{")]
    assert said.count("<details>") == said.count("</details>")


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_says_is_in_its_notebook(site, page):
    """Exercises with the site's number, hints, solutions, captions, headings: none is lost."""
    said, html = prose(notebook(site, page)), soup(site / f"{page}.html").article
    numbers = [box.text.split()[-1] for box in html.select(".exercise .caption-number")]
    assert re.findall(r"^> \*\*(?:Exercise|Ejercicio) (\d+)\*\*$", said, re.M) == numbers
    folded = re.findall(r"<summary><b>(.*?)</b></summary>|^\*\*(Sol.* \d+)\*\*$", said, re.M)
    titles = [any_of[0] or any_of[1] for any_of in folded]
    solutions = [title for title in titles if re.fullmatch(r"Sol.* \d+", title)]
    assert [title.split()[-1] for title in solutions] == numbers
    assert len([title for title in titles if title in {"Hint", "Pista"}]) == len(numbers)
    assert len(re.findall(r"^#+ ", said, re.M)) >= len(html.select("h1, h2, h3"))
    words = " ".join(re.sub(r"[*`\\]|\[|\]\([^)]*\)", "", said).translate(STRAIGHT).split())
    for caption in html.select("figcaption .caption-text"):
        start = " ".join(caption.text.translate(STRAIGHT).removesuffix("#").split())[:40]
        assert start in words or "math" in str(caption), start


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_the_site_leads_to_a_file_and_an_anchor(site, page):
    tokens = MarkdownIt().enable("table").parse(prose(notebook(site, page)))
    inline = [child for token in tokens for child in token.children or []]
    hrefs = [child.attrs["href"] for child in inline if child.type == "link_open"]
    hrefs += [child.attrs["src"] for child in inline if child.type == "image"]
    own = [href for href in hrefs if href.startswith(HOME)]
    assert own, "the page itself, at least"
    for href in own:
        target = urlsplit(href.removeprefix(HOME))
        file = site / unquote(target.path)
        assert file.is_file(), href
        if target.fragment:
            anchors = {node["id"] for node in soup(file).select("[id]")}
            assert unquote(target.fragment) in anchors, href
    assert all(urlsplit(href).scheme == "https" for href in hrefs)


def test_the_code_of_a_solution_and_of_a_drawing_is_closed(site):
    book = notebook(site, "en/setup")
    closed = [cell for cell in code_cells(book) if "jupyter" in cell.metadata]
    assert [cell.metadata.jupyter[COLLAPSED] for cell in closed] == [True] * len(closed)
    sources = "\n".join(cell.source for cell in closed)
    assert sources.count("check(") == 3
    assert "add_patch" in sources
    assert "jupytext.reads" not in sources


def test_a_page_that_a_notebook_cannot_show_is_named(site, tmp_path, monkeypatch):
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    page = tmp_path / "book" / "en" / "odd.md"
    page.parent.mkdir(parents=True)
    page.write_text("# Odd\n\n{wombat}`a`\n", encoding="utf-8")
    links = {"en": {"doc odd": ["odd.html", "Odd"]}}
    with pytest.raises(notebooks.NotebookError, match=r"book/en/odd.md .* \{wombat\}"):
        notebooks.write(tmp_path / "site", [page], HOME, links)
