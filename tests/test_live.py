"""Live in place: on a click, and only then, a page's cells run on a machine that Binder lends.

A Jupyter server of this machine stands where Binder's would, and a route where Binder itself would.
"""

import hashlib
import json
import re

import lab
import pytest
from playwright.sync_api import Page, Route, expect

import build_book
from execute import ROOT

SOON = {"timeout": 120_000}  # beside busy neighbours, importing torch takes its time
LANGUAGES = pytest.mark.parametrize("language", build_book.LANGUAGES)
STREAM = {"access-control-allow-origin": "*", "content-type": "text/event-stream"}
START = {"en": "Run these cells here", "es": "Ejecuta aquí estas celdas"}
FAILURES = {
    ("en", "down"): "Binder doesn't answer. Try again in some minutes",
    ("es", "down"): "Binder no responde. Vuelve a intentarlo dentro de unos minutos",
    ("en", "failed"): "Binder could not prepare a machine. Try again later",
    ("es", "failed"): "Binder no ha podido preparar una máquina. Vuelve a intentarlo más tarde",
    ("en", "offline"): "There is no network. Running cells needs one",
    ("es", "offline"): "No hay red. Para leer no hace falta",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A Jupyter server that lets pages of other sites use it, as those of Binder do."""
    repository = lab.clone(tmp_path_factory.mktemp("repository"))
    with lab.started(ROOT / ".venv", repository, "--ServerApp.allow_origin=*") as running:
        yield running


@pytest.fixture
def reader(browser, address) -> Page:
    context = browser.new_context(base_url=address)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def says(*messages: dict) -> str:
    """Messages as Binder's build log sends them."""
    return "".join(f"data: {json.dumps(message)}\n\n" for message in messages)


def play_binder(page: Page, *messages: dict) -> list[str]:
    """Answer in Binder's place; returns the addresses that are asked for, as they come."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(headers=STREAM, body=says(*messages))

    page.route("https://mybinder.org/**", answer)
    return asked


def alive(page: Page, server, path: str) -> list[str]:
    """Open a page, press the button, wait for the machine."""
    waiting = [{"phase": phase, "message": ""} for phase in ("waiting", "built", "launching")]
    ready = {"phase": "ready", "message": "", "url": server.url, "token": server.token}
    asked = play_binder(page, *waiting, ready)
    page.goto(path)
    page.get_by_role("button", name=START[path[1:3]]).click()
    expect(page.locator("#live")).to_have_attribute("data-state", "live", **SOON)
    return asked


def write(page: Page, number: int, code: str) -> None:
    """Type other code into a cell, and Shift+Enter."""
    page.locator(".CodeMirror").nth(number).click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(code)
    page.keyboard.press("Shift+Enter")


@LANGUAGES
def test_before_the_click_nothing_is_loaded_and_nobody_is_asked(page, language):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/{language}/tensors.html")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("button", name=START[language])).to_be_visible()
    assert len(asked) > 5
    assert not [url for url in asked if "thebe" in url]


@LANGUAGES
def test_a_cell_that_the_reader_changes_runs(reader, server, address, language):
    requests = []
    reader.on("request", lambda request: requests.append(request.url))
    asked = alive(reader, server, f"/{language}/tensors.html")
    link = reader.locator('a[href*="/v2/gh/"]').get_attribute("href")
    assert asked == [link.replace("/v2/", "/build/").split("?")[0]]
    outputs = reader.locator("div.cell .cell_output")
    write(reader, 0, "import torch; torch.arange(6).reshape(2, 3) * 7")
    expect(outputs.first).to_contain_text("21, 28, 35", **SOON)
    write(reader, 0, "1 / 0")
    expect(outputs.first).to_contain_text("ZeroDivisionError", **SOON)
    known = address, server.url, "https://mybinder.org/build/", "data:", "blob:"
    assert not [url for url in requests if not url.startswith(known)]


@LANGUAGES
def test_run_all_runs_solutions_too_keeps_captions_and_can_start_afresh(reader, server, language):
    alive(reader, server, f"/{language}/tensors.html")
    captions = reader.locator("article figcaption").all_inner_texts()
    bar = reader.locator("#live")
    bar.get_by_role("button").nth(0).click()
    expect(bar).to_have_attribute("data-state", "done", **SOON)
    solution = reader.locator("article .solution").first
    solution.locator("button").first.click()
    expect(solution.locator(".CodeMirror").first).to_contain_text("check(")
    verdict = {"en": "Right.", "es": "Correcto."}[language]
    expect(solution.locator(".jp-OutputArea").last).to_contain_text(verdict, **SOON)
    assert captions == reader.locator("article figcaption").all_inner_texts()
    bar.get_by_role("button").nth(1).click()
    expect(bar).to_have_attribute("data-state", "restarted", **SOON)
    write(reader, 1, "torch")
    expect(reader.locator("div.cell .cell_output").nth(1)).to_contain_text("NameError", **SOON)


@LANGUAGES
@pytest.mark.parametrize("failure", ["down", "failed", "offline"])
def test_a_failure_says_what_to_do_and_leaves_the_page_as_it_was(reader, language, failure):
    phases = {"failed": [{"phase": "failed", "message": "no space"}]}
    asked = play_binder(reader, *phases.get(failure, []))
    reader.goto(f"/{language}/tensors.html")
    before = reader.locator("article .cell").all_inner_texts()
    reader.context.set_offline(failure == "offline")
    start = reader.get_by_role("button", name=START[language])
    start.click()
    expect(reader.get_by_role("status")).to_contain_text(FAILURES[language, failure], **SOON)
    assert bool(asked) == (failure != "offline")
    assert reader.locator("article .cell").all_inner_texts() == before
    expect(start).to_be_enabled()


def test_binder_answering_again_after_a_failure_is_enough(reader, server):
    play_binder(reader)
    reader.goto("/en/tensors.html")
    reader.get_by_role("button", name=START["en"]).click()
    expect(reader.locator("#live")).to_have_attribute("data-state", "down", **SOON)
    reader.unroute("https://mybinder.org/**")
    play_binder(reader, {"phase": "ready", "url": server.url, "token": server.token})
    reader.get_by_role("button", name=START["en"]).click()
    expect(reader.locator("#live")).to_have_attribute("data-state", "live", **SOON)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_live_cells_fit_a_phone_and_can_be_read(browser, address, server, scheme):
    size = {"width": 360, "height": 740}
    page = browser.new_context(base_url=address, color_scheme=scheme, viewport=size).new_page()
    alive(page, server, "/es/tensors.html")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for token in (".cm-keyword", ".cm-number", ".cm-string"):
        assert contrast(page, page.locator(f".CodeMirror {token}").first) >= 4.5, token
    page.context.close()


def contrast(page: Page, text) -> float:
    """How text stands out from the cell it is in: WCAG's ratio, from 1 to 21."""
    colours = text.evaluate(
        "node => [getComputedStyle(node).color,"
        " getComputedStyle(node.closest('.thebe-cell')).backgroundColor]"
    )
    lights = sorted(luminance(colour) for colour in colours)
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_thebe_is_what_its_licence_says_it_is():
    folder = ROOT / "extensions" / "static" / "thebe"
    digest = hashlib.sha256((folder / "index.js").read_bytes()).hexdigest()
    assert digest in (folder / "LICENSE.md").read_text()


def test_both_languages_say_the_same_things():
    script = (ROOT / "extensions" / "static" / "live-texts.js").read_text()
    texts = re.search(r"const TEXTS = \{(.*?)\n\};", script, re.S)[1]
    english, spanish = (re.findall(r"^    (\w+):", part, re.M) for part in texts.split("  es: {"))
    assert english == spanish
    assert len(english) > 15
