"""Binder, here: the repository as it is cloned there, an environment by its files, JupyterLab."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import Distribution
from pathlib import Path
from types import SimpleNamespace
from urllib.request import Request, urlopen

import psutil
from playwright.sync_api import Browser, Page, expect

from execute import ROOT
from first_cell import needed_by

SITE = sysconfig.get_path("purelib")  # in the repository, code/ has another record of torchbook
OPEN_SECONDS, RUN_SECONDS = 180, 300  # for a page and all its cells, beside busy neighbours
CODE = """() => {
  const cells = [...jupyterapp.shell.currentWidget.content.model.cells];
  return cells.filter((cell) => cell.type === "code").map((cell) => cell.toJSON());
}"""


def clone(folder: Path) -> Path:
    """What git has, as it stands here: cells write beside their page, and Jupyter saves pages."""
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in files.stdout.decode().split("\0"):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def installed(folder: Path, repository: Path) -> Path:
    """An environment by pip: what conda-forge brings there, from the pins, and then postBuild."""
    venv.create(folder, with_pip=True)
    pins = (repository / "requirements.txt").read_text().splitlines()
    wanted = [pin.split()[0] for pin in pins if pin.startswith(("torch==", "numpy=="))]
    environment = inside(folder)
    subprocess.run(["pip", "install", "--quiet", *wanted], env=environment, check=True)
    subprocess.run(["binder/postBuild"], cwd=repository, env=environment, check=True)
    return folder


def asked_for() -> list[str]:
    """What binder/ has pip install, and torch and NumPy, which conda-forge brings."""
    commands = (ROOT / "binder" / "postBuild").read_text().splitlines()
    words = next(shlex.split(line) for line in commands if "--editable" in line)
    return ["torch", "numpy", "torchbook", *words[words.index("--editable") + 2 :]]


def linked(folder: Path, repository: Path) -> Path:
    """The same without a download: links to what is asked for and needed, and to nothing else."""
    venv.create(folder, symlinks=True)
    site = Path(SITE)
    for name in needed_by(asked_for()):
        package = next(Distribution.discover(name=name, path=[SITE]))
        for file in package.files:
            code = ".." not in file.parts
            path = site / file.parts[0] if code else Path(os.path.normpath(site / file))
            there = folder / path.relative_to(sys.prefix)
            if path.exists() and not there.exists() and there.parent.name != "bin":
                there.parent.mkdir(parents=True, exist_ok=True)
                if code:
                    there.symlink_to(path)
                else:
                    shutil.copy(path, there)  # Jupyter serves no links
    packages = folder / site.relative_to(sys.prefix)
    for editable in packages.glob("__editable__*torchbook*.pth"):
        editable.unlink()
        editable.write_text(f"{repository / 'code'}\n")
    return folder


def inside(folder: Path) -> dict[str, str]:
    """The variables of a process in that environment."""
    return os.environ | {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "VIRTUAL_ENV": ""}


@contextmanager
def started(environment: Path, repository: Path, *options: str) -> Iterator[SimpleNamespace]:
    """JupyterLab as binder/start starts it: its address, its token, its process."""
    runtime = repository / "runtime"
    runtime.mkdir(exist_ok=True)
    folders = dict.fromkeys(["JUPYTER_RUNTIME_DIR", "JUPYTERLAB_WORKSPACES_DIR"], str(runtime))
    command = [
        str(repository / "binder" / "start"),
        "python",
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
    ]
    command += ["--ServerApp.port=0", "--expose-app-in-browser", *options]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=repository, env=inside(environment) | folders, **quiet)
    try:
        said = None
        while not said:
            assert process.poll() is None, "JupyterLab ended before it had started"
            time.sleep(0.2)
            said = next((path.read_text() for path in runtime.glob("jpserver-*.json")), None)
        said = json.loads(said)
        yield SimpleNamespace(url=said["url"], token=said["token"], process=process)
    finally:
        process.terminate()
        process.wait()


class Memory(threading.Thread):
    """The most memory, in MiB, that a process and all its descendants held together.

    Pages shared by several of them count once (PSS), as they do where Binder sets its limit.
    """

    def __init__(self, process: subprocess.Popen) -> None:
        super().__init__(daemon=True)
        self.root, self.peak, self.ended = psutil.Process(process.pid), 0.0, threading.Event()

    def now(self) -> float:
        held = 0
        for process in [self.root, *self.root.children(recursive=True)]:
            with suppress(psutil.Error):  # it has just ended
                held += process.memory_full_info().pss
        return held / 2**20

    def run(self) -> None:
        while not self.ended.wait(0.2):
            self.peak = max(self.peak, self.now())

    def __enter__(self) -> "Memory":
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.ended.set()
        self.join()


def opened(browser: Browser, server: SimpleNamespace, path: str) -> Page:
    """A tab at the address that the Binder button leads to, once its kernel waits for work."""
    page = browser.new_context(locale="en-GB").new_page()
    page.set_default_timeout(OPEN_SECONDS * 1000)
    page.goto(f"{server.url}lab/tree/{path}?token={server.token}&reset")  # no tabs of before
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=OPEN_SECONDS * 1000)
    return page


def run_all(page: Page) -> list[dict]:
    """Run → Run All Cells; the cells of code, with what came out, when the last has ended."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator("[data-command='runmenu:run-all']").click()
    for _ in range(RUN_SECONDS):
        cells = page.evaluate(CODE)
        failed = any(out["output_type"] == "error" for cell in cells for out in cell["outputs"])
        if failed or all(cell["execution_count"] for cell in cells):
            return cells
        page.wait_for_timeout(1000)
    waiting = next(cell["source"] for cell in cells if not cell["execution_count"])
    raise TimeoutError(f"this cell did not end within {RUN_SECONDS} s:\n{waiting}")


def close(page: Page, server: SimpleNamespace) -> None:
    """Leave the page, then end its kernel: a page that is open would start another."""
    page.context.close()
    kernels = psutil.Process(server.process.pid).children(recursive=True)
    asked = Request(f"{server.url}api/sessions", headers={"Authorization": f"token {server.token}"})
    with urlopen(asked) as answer:
        sessions = json.load(answer)
    for session in sessions:
        one = Request(f"{asked.full_url}/{session['id']}", headers=asked.headers, method="DELETE")
        urlopen(one).close()
    _, alive = psutil.wait_procs(kernels, timeout=OPEN_SECONDS)
    assert not alive
