"""What all tests share: a seed, the site they read, a small book to break, a browser."""

import os
import shutil
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pretend
import pytest
import torch
from filelock import FileLock
from playwright.sync_api import Browser, Error, Page, sync_playwright
from ran import pytest_terminal_summary  # noqa: F401  # what ran where, at the end

import build_book
from torchbook.device import device  # fails, before any test, if the device asked for is not here

ROOT = build_book.ROOT
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ["--disable-gpu", "--disable-background-networking", "--disable-component-update"]
NO_BROWSER = (
    "no browser to read the site with: install Chromium (Debian: apt-get install chromium) or say "
    "`.venv/bin/python -m playwright install chromium`"
)

PRETENDED = bool(os.environ.get("TORCHBOOK_PRETEND"))  # by make rehearse
if PRETENDED:
    pretend.begin()
if device.type != "cpu":  # whatever a test does not place is made on the device asked for
    torch.set_default_device(device)
    torch.backends.cudnn.allow_tf32 = False  # else an LSTM keeps 10 bits of 23, and tests more
    with warnings.catch_warnings(action="ignore"):  # the first product in autograd's own thread
        torch.ones(2, 2, requires_grad=True).mm(torch.ones(2, 2)).sum().backward()


def run_on_the_cpu(test) -> None:
    with torch.device("cpu"):
        test()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Doctests show what a reader sees on a CPU; a pretended GPU cannot do all that one does."""
    for item in items:
        if isinstance(item, pytest.DoctestItem):
            item.runtest = partial(run_on_the_cpu, item.runtest)
        for name, why in pretend.CANNOT.items() if PRETENDED else ():
            if name in item.nodeid:
                item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


@pytest.fixture(scope="module")
def on_the_cpu() -> Iterator[None]:
    """For tests of what is read into the CPU's memory, where it stays until a page moves it."""
    with torch.device("cpu"):
        yield


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the built site, built now if anything has changed."""
    build_book.BUILD.mkdir(exist_ok=True)
    with FileLock(build_book.BUILD / "tests.lock"):  # one worker builds, the others find it built
        return build_book.build().parent.resolve()


class Mini:
    """A small copy of the book, to be broken: two pages in two languages, and the real tools."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def fill(self) -> None:
        root = self.root
        pins = ("pyproject.toml", "requirements.txt", "requirements-data.txt")
        for name in ("tools", "extensions", "code", "_config.yml", *pins):
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, root / name)
        shutil.copytree(Path(__file__).parent / "mini", root, dirs_exist_ok=True)
        shutil.copy(ROOT / "book" / "index.html", root / "book")
        shutil.copy(ROOT / "book" / "es" / "_config.yml", root / "book" / "es")

    def change(self, name: str, old: str, new: str) -> None:
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} does not contain {old!r}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def start(self, *before: str) -> subprocess.Popen:
        """The build under way, as its own process; `before` stands before the command."""
        environment = os.environ | {"PYTHONPATH": str(self.root / "code")}
        return subprocess.Popen(
            [*before, sys.executable, "tools/build_book.py"],
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def build(self, *before: str) -> tuple[int, str]:
        """Build it: the exit status and all that was printed."""
        process = self.start(*before)
        output, _ = process.communicate()
        return process.returncode, output

    def site(self) -> dict[str, bytes]:
        """{path: content} of every HTML page of the site that stands now."""
        folder = (self.root / "_build" / "site").resolve()
        return {str(page.relative_to(folder)): page.read_bytes() for page in folder.rglob("*.html")}


@pytest.fixture
def mini(tmp_path: Path) -> Mini:
    """A small book, not yet built."""
    book = Mini(tmp_path)
    book.fill()
    return book


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Mini:
    book = Mini(tmp_path_factory.mktemp("mini"))
    book.fill()
    book.change("tools/execute.py", "CELL_SECONDS = 60", "CELL_SECONDS = 10")
    status, output = book.build()
    assert status == 0, output
    assert len(book.site()) >= 5
    return book


@pytest.fixture
def built(built_once: Mini, tmp_path: Path) -> Mini:
    """A small book with a good site."""
    shutil.copytree(built_once.root, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Mini(tmp_path)


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_) -> None:
        pass


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the built site is served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: the system's, else Playwright's own, else Debian's; without any the tests fail."""
    with sync_playwright() as playwright:
        arguments = QUIET + ["--no-sandbox"] * (os.geteuid() == 0)
        yield launch(partial(playwright.chromium.launch, args=arguments))


def launch(start) -> Browser:
    def of_the_system() -> Browser | None:
        path = next(filter(None, map(shutil.which, CHROMIUMS)), None)
        return start(executable_path=path) if path else None

    if found := of_the_system():
        return found
    try:
        return start()
    except Error:
        own = [sys.executable, "-m", "playwright", "install", "chromium"]
        if subprocess.run(own, capture_output=True).returncode == 0:
            return start()
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-q"], capture_output=True)
        subprocess.run(["apt-get", "install", "-y", "-q", "chromium"], capture_output=True)
    return of_the_system() or pytest.fail(NO_BROWSER)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A new tab of a reader who prefers English; what leaves the site or errs, fails the test."""
    context = browser.new_context(base_url=address, locale="en-GB")
    yield from watched(context.new_page(), address)
    context.close()


def watched(page: Page, address: str) -> Iterator[Page]:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: leaves(asked.url, address) and complaints.append(asked.url))
    yield page
    assert not complaints


def leaves(url: str, address: str) -> bool:
    return not url.startswith((address, "data:", "blob:", "about:"))
