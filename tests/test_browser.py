"""A reader's visit, in a real browser.

Whatever the fixture `page` opens, an error in the console or a request that leaves the site fails
the test (see conftest.py).
"""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, expect

import build_book

PAGES = [
    f"{language}/{name}.html"
    for language in build_book.LANGUAGES
    for name in build_book.page_names()
]


def open_door(browser: Browser, address: str, **reader) -> Page:
    page = browser.new_context(base_url=address, **reader).new_page()
    page.goto("/index.html")
    page.wait_for_load_state("networkidle")
    return page


@pytest.mark.parametrize(
    ("locale", "language"), [("es-MX", "es"), ("es", "es"), ("en-US", "en"), ("de-DE", "en")]
)
def test_the_door_follows_the_language_of_the_browser(browser, address, locale, language):
    page = open_door(browser, address, locale=locale)
    page.wait_for_url(f"**/{language}/index.html")


def test_the_door_remembers_the_choice(page):
    page.goto("/index.html")
    page.wait_for_url("**/en/index.html")
    page.click("#switch")
    page.wait_for_url("**/es/index.html")
    page.goto("/index.html")
    page.wait_for_url("**/es/index.html")


def test_the_door_is_two_links_without_javascript(browser, address):
    page = open_door(browser, address, java_script_enabled=False)
    links = page.get_by_role("link").all()
    assert [link.get_attribute("hreflang") for link in links] == ["en", "es"]
    links[1].click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(
        "De los tensores a los transformers"
    )


def test_a_page_can_be_read_without_javascript(browser, address):
    page = open_door(browser, address, java_script_enabled=False)
    page.goto("/en/autograd.html")
    assert page.locator("math").count() + page.locator("article img").count() > 0
    expect(page.locator("article .solution").first).to_be_visible()
    expect(page.locator("article .cell_output").first).to_be_visible()


@pytest.mark.parametrize(("start", "end"), [("en", "es"), ("es", "en")])
def test_the_switch_lands_on_the_same_section(page, start, end):
    page.goto(f"/{start}/tensors.html")
    middle = page.locator("article section[id]:has(> h2)").nth(3)
    anchor = middle.get_attribute("id")
    middle.evaluate("section => section.scrollIntoView({behavior: 'instant'})")
    box = page.locator("#switch").bounding_box()  # click() would scroll before it clicks
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(f"**/{end}/tensors.html#{anchor}")
    assert (
        abs(page.locator(f"[id='{anchor}']").evaluate("s => s.getBoundingClientRect().top")) < 200
    )
    assert page.locator("html").get_attribute("lang") == end


def results(page: Page, language: str, words: str) -> set[str]:
    """The pages that are found."""
    page.goto(f"/{language}/search.html?q={words}")
    expect(page.locator("#search-results p.search-summary")).to_contain_text(
        re.compile(r"\d|nada|not match")
    )
    links = page.locator("#search-results ul a").all()
    return {link.get_attribute("href").split("#")[0] for link in links}


@pytest.mark.parametrize("language", build_book.LANGUAGES)
def test_a_table_breaks_no_short_word(page, language):
    page.goto(f"/{language}/python.html")
    words = page.locator("td code .pre")
    heights = [box.bounding_box()["height"] for box in words.all() if len(box.inner_text()) < 8]
    assert len(heights) > 5
    assert max(heights) < 30


PARTED = """() => [...document.querySelectorAll("article p math")].filter(math => {
  let next = math.nextSibling
  if (!next || next.nodeType != Node.TEXT_NODE || !/^[,.;:)?!»]/.test(next.data)) return false
  const mark = document.createRange()
  mark.setStart(next, 0)
  mark.setEnd(next, 1)
  return mark.getBoundingClientRect().top >= math.getBoundingClientRect().bottom
}).map(math => math.parentElement.textContent)"""


@pytest.mark.parametrize("language", build_book.LANGUAGES)
def test_no_line_begins_with_the_comma_after_a_formula(page, language):
    for name in ("numpy", "optimizers"):  # the most formulas
        page.goto(f"/{language}/{name}.html")
        assert page.locator("p math").count() > 5
        for width in range(330, 900, 15):
            page.set_viewport_size({"width": width, "height": 800})
            assert not page.evaluate(PARTED), (name, width)


def pages_with(site: Path, language: str, word: str) -> set[str]:
    """The pages whose text has the word."""
    texts = {
        path.name: BeautifulSoup(path.read_text(encoding="utf-8"), "lxml").article.get_text()
        for name in build_book.page_names()
        for path in [site / language / f"{name}.html"]
    }
    return {name for name, text in texts.items() if re.search(rf"\b{word}\b", text, re.I)}


@pytest.mark.parametrize("words", ["atención", "atencion", "ATENCIÓN", "atencio\u0301n"])
def test_spanish_search_forgives_a_missing_accent(page, site, words):
    expected = pages_with(site, "es", "atención")
    assert {"glossary.html", "index.html"} <= expected
    assert results(page, "es", words) == expected


def test_in_spanish_search_ñ_is_a_letter(page):
    assert "tensors.html" in results(page, "es", "tamaño")
    assert results(page, "es", "tamano") == set()


def test_spanish_search_knows_the_forms_of_a_word(page):
    assert "autograd.html" in results(page, "es", "funciones")
    assert results(page, "es", "funciones") == results(page, "es", "funcion")


def test_english_search_finds_attention(page, site):
    expected = pages_with(site, "en", "attention")
    assert {"glossary.html", "index.html"} <= expected
    assert results(page, "en", "attention") == expected
    assert results(page, "en", "wombats") == set()


def test_stems_agree_between_the_index_and_the_browser(page, site):
    """The index is made in Python, the query is cut in JavaScript: both must cut words alike."""
    from spanish import ForgivingSpanish

    language = ForgivingSpanish({})
    text = (build_book.ROOT / "book" / "es" / "tensors.md").read_text(encoding="utf-8")
    words = sorted(set(re.findall(r"[^\W\d_]+", text)))
    assert len(words) > 500
    page.goto("/es/search.html")
    cut = page.evaluate("words => words.map(word => new Stemmer().stemWord(word))", words)
    assert [language.stem(word) for word in words] == cut


def test_a_cell_can_be_copied(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/es/tensors.html")
    cell = page.locator("div.cell_input").first
    cell.hover()
    button = cell.locator("button.copybtn")
    assert button.get_attribute("data-tooltip") == "Copiar"
    button.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == cell.locator("pre").inner_text().strip()


def test_a_solution_opens_and_closes(page):
    page.goto("/es/tensors.html")
    solution = page.locator("article .solution").first
    output = solution.locator(".cell_output").last
    expect(output).not_to_be_visible()
    solution.locator("button").first.click()
    expect(output).to_be_visible()
    expect(output).to_contain_text("Correcto.")


def brightness(page: Page) -> float:
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3


def test_dark_mode_follows_the_reader_and_the_button(browser, address):
    assert brightness(open_door(browser, address, color_scheme="dark")) < 60
    page = open_door(browser, address, color_scheme="light")
    seen = [brightness(page)]
    for _ in range(2):  # the button goes through light, dark and what the system prefers
        page.locator("button.theme-switch-button").first.click()
        seen.append(brightness(page))
    assert min(seen) < 60 < 200 < max(seen)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone(page, name):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/{name}")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    wide = page.evaluate(
        """() => [...document.querySelectorAll("article p, article li, article img, article h2")]
             .filter(node => node.getBoundingClientRect().right > innerWidth + 1)
             .filter(node => !node.closest(".pst-scrollable-table-container"))
             .map(node => node.outerHTML.slice(0, 120))"""
    )
    assert wide == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_an_error(page, name):
    response = page.goto(f"/{name}")
    page.wait_for_load_state("networkidle")
    assert response.ok
    assert page.locator("article h1").inner_text()
