"""The HTML of every page, as it was built: whole, connected, in its language, self-contained."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

import build_book
import weave
from execute import ROOT, code_cells, executed
from torchbook.checks import pages as pages_with_checks

PAGES = [
    f"{language}/{name}" for language in build_book.LANGUAGES for name in build_book.page_names()
]
OTHER = {"en": "es", "es": "en"}
RESOURCES = {"link": "href", "script": "src", "img": "src", "iframe": "src", "source": "src"}
PLACES = {"Colab", "Binder", "Kaggle", "SageMaker Studio Lab", "Markdown"}
SAME_IN_BOTH = {"Ctrl", "K", ".md", ".pdf", "Error"} | PLACES
OWN_TEXT = "article :is(p:not(.admonition-title, .caption), h1, h2, h3, li, dl, table, pre, math)"


@cache
def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")


def html(site: Path, page: str) -> BeautifulSoup:
    return soup(site / f"{page}.html")


@pytest.mark.parametrize("page", PAGES)
def test_every_cell_is_followed_by_its_output(site, page):
    source = ROOT / "book" / f"{page}.md"
    cells = code_cells(executed(source.read_text(encoding="utf-8"))[0])
    shown = html(site, page).select("div.cell")
    assert len(shown) == len(cells)
    for cell, box in zip(cells, shown, strict=True):
        assert box.select(".cell_input")
        assert bool(box.select(".cell_output")) == bool(cell.outputs), cell.source
        if "hide-input" not in cell.metadata.get("tags", []):
            assert cell.source.split() == box.select_one(".cell_input pre").text.split()


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_broken_on_the_page(site, page):
    article = html(site, page).select_one("article")
    assert "Traceback (most recent call last)" not in article.text
    assert not article.select(".problematic, .system-message, .error")
    prose = [
        node.text for node in article.select("p, li, td") if not node.find_parent(class_="cell")
    ]
    assert not [said for said in prose if re.search(r"\{(term|doc|ref|eq)\}|\$[^$]+\$", said)]
    ids = [node["id"] for node in html(site, page).select("[id]")]
    assert len(ids) == len(set(ids)), "an anchor that stands twice leads nowhere in particular"


@pytest.mark.parametrize("page", [*PAGES, "en/search", "es/search", "index"])
def test_every_internal_link_and_anchor_resolves(site, page):
    here = site / f"{page}.html"
    internal = 0
    for link in soup(here).select("a[href]"):
        target = urlsplit(link["href"])
        if target.scheme or link["href"] == "#":
            continue
        file = (here.parent / unquote(target.path)).resolve() if target.path else here.resolve()
        assert file.is_file(), f"{page} links to {link['href']}"
        if target.fragment:
            anchors = {node["id"] for node in soup(file).select("[id]")}
            assert unquote(target.fragment) in anchors, f"{page} links to {link['href']}"
        internal += 1
    assert internal


@pytest.mark.parametrize("page", PAGES)
def test_the_other_language_is_one_link_away_with_the_same_sections(site, page):
    language, name = page.split("/")
    switch = html(site, page).select_one("#switch")
    assert switch["href"] == f"../{OTHER[language]}/{name}.html"
    assert switch["hreflang"] == switch["lang"] == OTHER[language]
    sections = [
        [node["id"] for node in html(site, f"{code}/{name}").select("article section[id]")]
        for code in build_book.LANGUAGES
    ]
    assert sections[0] == sections[1]


@pytest.mark.parametrize("page", PAGES)
def test_search_engines_are_told_of_both_languages(site, page):
    language, name = page.split("/")
    head = html(site, page).head
    base = build_book.config("en")["sphinx"]["config"]["html_baseurl"].removesuffix("en/")
    alternates = {link["hreflang"]: link["href"] for link in head.select("link[rel=alternate]")}
    assert alternates == {
        "en": f"{base}en/{name}.html",
        "es": f"{base}es/{name}.html",
        "x-default": base,
    }
    assert [link["href"] for link in head.select("link[rel=canonical]")] == [f"{base}{page}.html"]
    assert html(site, page).html["lang"] == language


@pytest.mark.parametrize("page", PAGES)
def test_every_image_says_what_it_shows_in_the_language_of_the_page(site, page):
    language, name = page.split("/")
    source = ROOT / "book" / f"{page}.md"
    cells = code_cells(weave.read(source.read_text(encoding="utf-8")))
    said = [cell.metadata.get("mystnb", {}).get("image", {}).get("alt") for cell in cells]
    images = html(site, page).select("article img")
    twins = html(site, f"{OTHER[language]}/{name}").select("article img")
    shown = [" ".join(image["alt"].split()) for image in images]
    assert shown == [" ".join(alt.split()) for alt in said if alt]
    for image, twin in zip(images, twins, strict=True):
        assert len(image["alt"].split()) >= 4
        assert image["alt"] != twin["alt"]


@pytest.mark.parametrize("page", [*PAGES, "en/search", "es/search", "index"])
def test_nothing_is_fetched_from_elsewhere(site, page):
    for name, attribute in RESOURCES.items():
        for node in soup(site / f"{page}.html").select(f"{name}[{attribute}]"):
            if name == "link" and {"canonical", "alternate"} & set(node["rel"]):
                continue
            assert not urlsplit(node[attribute]).netloc, node
    for style in (site / page).parent.rglob("*.css"):
        assert not re.search(
            r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", style.read_text("utf-8")
        ), style


def interface(page: BeautifulSoup) -> set[str]:
    """What the page says beside its own text: labels, tooltips, captions, buttons, numbering."""
    page = BeautifulSoup(str(page), "lxml")
    tooltips = ("title", "aria-label", "placeholder")
    said = {node[name] for name in tooltips for node in page.select(f"[{name}]")}
    for node in page.select(f"script, style, nav li, .prev-next-title, {OWN_TEXT}"):
        node.decompose()
    said |= {piece.strip() for piece in page.body.stripped_strings}
    return {words for words in said if re.search(r"[^\W\d]", words)}


@pytest.mark.parametrize("name", [*build_book.page_names(), "search"])
def test_nothing_on_a_spanish_page_is_left_in_english(site, name):
    english, spanish = interface(html(site, f"en/{name}")), interface(html(site, f"es/{name}"))
    assert {"Search", "Back to top"} <= english
    assert english & spanish <= SAME_IN_BOTH


def test_the_theme_has_no_copy_of_what_the_book_does_not_use(site):
    assert not list(site.rglob("fontawesome.js"))
    assert not list(site.rglob("*.map"))


def test_the_glossary_has_the_same_terms_in_both_languages(site):
    counts = [
        len(html(site, f"{code}/glossary").select("dl.glossary dt"))
        for code in build_book.LANGUAGES
    ]
    assert counts[0] == counts[1] > 50


def test_every_page_with_checks_is_in_the_book():
    assert set(pages_with_checks()) <= set(build_book.page_names())
