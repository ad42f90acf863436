"""Run the cells of pages, in parallel, and remember the outputs under what they depend on.

An executed page is stored as _build/executed/<key>.ipynb.  The key is made of the page's code
without comments, the package's sources, the pinned requirements, the versions installed, the device
and this file.  So an edit of prose or of a comment runs nothing, an edit of the package runs
everything (one of a page's checks only that page), and the second language is free wherever only
comments differ.
"""

import ast
import hashlib
import os
import platform
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import nbformat
from filelock import FileLock
from jupyter_core.utils import ensure_event_loop
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[1]
STORE = ROOT / "_build" / "executed"
SOURCES = {".py", ".toml", ".mplstyle"}
CELL_SECONDS = 60  # a cell that needs longer has no place in a page that is read
DEVICE = os.environ.get("TORCHBOOK_DEVICE", "cpu")
FIGURES = [
    "--InlineBackend.figure_formats=svg",
    '--InlineBackend.rc={"svg.hashsalt": "torchbook"}',  # the same names inside a figure every time
    '--InlineBackend.print_figure_kwargs={"metadata": {"Date": None}, "bbox_inches": "tight"}',
]
WARNING = re.compile(r"^.*\b(?:Deprecation|Future)Warning: .*$", re.M)


class PageError(Exception):
    """A cell that fails, warns of a coming change, or does not end; says where."""


class Executed(NamedTuple):
    """What became of one page: how long its cells ran, and whether they ran just now."""

    page: Path
    seconds: float
    ran: bool


def source(page: Path) -> str:
    """The text of a page."""
    try:
        return page.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PageError(f"{page.relative_to(ROOT)} is not UTF-8: {error}") from None


def read(text: str) -> NotebookNode:
    """The notebook that a MyST page is, without outputs."""
    return read_myst_markdown_notebook(text, add_source_map=True)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def digest(files: list[Path], *texts: str) -> str:
    """What changes when any of these files, or of these texts, does."""
    parts = [os.path.relpath(path, ROOT).encode() + b"\0" + path.read_bytes() for path in files]
    return hashlib.sha256(b"\0".join(parts + [text.encode() for text in texts])).hexdigest()


def python(cell: str) -> str:
    """A cell as Python: `%%writefile train.py`, above the lines of a file, as an expression."""
    return re.sub(r"\A%%writefile ", "writefile.", cell)


def package(code: str | None = None) -> list[Path]:
    """The package's sources; given the code of a page, without the checks that it doesn't use."""
    root = ROOT / "code" / "torchbook"
    sources = [path for path in sorted(root.rglob("*")) if path.suffix in SOURCES]
    pages = {path.stem for path in root.glob("checks/*.toml")}
    unused = {page for page in pages if code is not None and f"{page}-" not in code}
    return [path for path in sources if path.parent.name != "checks" or path.stem not in unused]


@cache
def surroundings(code: str | None = None) -> str:
    """Hash of what the outputs of a page with this code depend on; without code, of any page."""
    files = [*package(code), *sorted(ROOT.glob("requirements*.txt")), Path(__file__)]
    installed = [f"{name} {version(name)}" for name in ("torch", "numpy", "matplotlib")]
    machine = hardware() if DEVICE.startswith("cuda") else platform.machine()
    said = [DEVICE, platform.python_version(), machine, *installed]
    return digest(files, *said)


def bare(notebook: NotebookNode) -> list[str]:
    """The code of a page, cell by cell, without comments."""
    try:
        return [ast.unparse(ast.parse(python(cell.source))) for cell in code_cells(notebook)]
    except SyntaxError:  # the kernel will say where
        return [cell.source for cell in code_cells(notebook)]


def key(notebook: NotebookNode) -> str:
    """What the outputs of this page depend on, as 16 hexadecimal digits."""
    parts = bare(notebook)
    return digest([], surroundings("\n".join(parts)), *parts)[:16]


def executed(text: str, name: str = "page") -> tuple[NotebookNode, bool]:
    """The notebook of a MyST page with its outputs, and whether it had to run for them."""
    notebook = read(text)
    if not is_myst_markdown_notebook(text) or not code_cells(notebook):
        return notebook, False
    path = STORE / f"{key(notebook)}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):  # the other language may be running the same code
        ran = not path.exists()
        if ran:
            done = run(nbformat.from_dict(notebook), name, text.splitlines())
            aside = path.with_suffix(".part")
            nbformat.write(done, aside)
            aside.replace(path)
    done = nbformat.read(path, as_version=4)
    for cell, other in zip(code_cells(notebook), code_cells(done), strict=True):
        cell.outputs, cell.execution_count = other.outputs, other.execution_count
        cell.metadata |= {what: other.metadata[what] for what in ("seconds", "shapes")}
    notebook.metadata.language_info = done.metadata.language_info  # else no highlighting
    notebook.metadata.run = done.metadata.run
    return notebook, ran


def run(notebook: NotebookNode, name: str, lines: list[str]) -> NotebookNode:
    """Run every cell in a fresh kernel and an empty folder; PageError says what went wrong."""
    settings = {
        "TORCHBOOK_DEVICE": DEVICE,
        "OMP_NUM_THREADS": "1",
        "OMP_WAIT_POLICY": "passive",
        "TORCHINDUCTOR_CPP_CACHE_PRECOMPILE_HEADERS": "0",  # no page compiles enough to earn them
        "JUPYTER_PREFER_ENV_PATH": "1",  # this environment's kernel, not one of the user's
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    environment = {**os.environ, **settings}
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as sockets:
        files = {"transport": "ipc", "ip": str(Path(sockets, "kernel"))}  # no port to compete for
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            timeout=CELL_SECONDS,
            coalesce_streams=True,  # else a slow machine cuts what one cell prints in two
            extra_arguments=FIGURES,
            config=Config({"KernelManager": files}),
        )
        with client.setup_kernel(env=environment, cwd=folder, stderr=subprocess.DEVNULL):
            for index, cell in enumerate(notebook.cells):
                if cell.cell_type == "code":
                    run_cell(client, index, name, lines)
            client.set_widgets_metadata()
            reply = client.wait_for_reply(client.kc.kernel_info())
            notebook.metadata.language_info = reply["content"]["language_info"]
    seconds = sum(cell.metadata["seconds"] for cell in code_cells(notebook))
    notebook.metadata.run = {**where(), "seconds": round(seconds, 1)}
    return notebook


@cache
def hardware() -> str:
    """The name of the GPU, or of the kind of CPU with its number of cores."""
    if DEVICE.startswith("cuda"):
        import torch  # seconds, which a build on a CPU need not wait

        return torch.cuda.get_device_name(DEVICE)
    return f"{platform.machine()}, {os.cpu_count()} cores"


def where() -> dict[str, str]:
    """When and on what a page has run: stored with its outputs, shown at its foot."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "torch": version("torch"),
        "python": platform.python_version(),
        "device": DEVICE,
        "hardware": hardware(),
    }


def run_cell(client: NotebookClient, index: int, name: str, lines: list[str]) -> None:
    cell = client.nb.cells[index]
    fence = client.nb.metadata.source_map[index]
    first = lines.index(cell.source.split("\n")[0], fence) + 1  # options may stand between
    number = sum(other.cell_type == "code" for other in client.nb.cells[: index + 1])
    place = f"{name}:{first}: cell {number}"
    start = time.perf_counter()
    try:
        client.execute_cell(cell, index)
    except CellExecutionError as error:
        traceback = "\n".join(cell.outputs[-1].get("traceback", [str(error)]))
        line = faulty_line(cell, traceback)
        said = lines[first + line - 2].strip()
        raise PageError(f"{name}:{first + line - 1}: cell {number}: {said}\n{traceback}") from None
    except CellTimeoutError:
        raise PageError(f"{place} ran longer than {CELL_SECONDS} s:\n{cell.source}") from None
    except DeadKernelError:
        raise PageError(f"{place} ended its Python process:\n{cell.source}") from None
    cell.metadata["seconds"] = round(time.perf_counter() - start, 3)
    cell.metadata["shapes"] = shapes(client, cell)
    for output in cell.outputs:
        if output.output_type == "stream" and (warning := WARNING.search(output.text)):
            raise PageError(f"{place} warns, which fails the build:\n{warning[0]}\n{cell.source}")


def assigned(cell: str) -> list[tuple[list[str], int]]:
    """(names, last line) of each assignment of a cell outside functions and classes, in order."""
    found = []
    try:
        todo = [ast.parse(cell)]
    except SyntaxError:  # a magic, which the kernel understood
        return found
    while todo:
        node = todo.pop(0)
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [n for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
            stored = [name.id for name in names if isinstance(name.ctx, ast.Store)]
            found.append((stored, node.end_lineno))
        elif not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.expr):
            todo = [*ast.iter_child_nodes(node), *todo]
    return found


def shapes(client: NotebookClient, cell: NotebookNode) -> dict[str, tuple[int, ...]]:
    """The shapes that a cell's arrays have when it has run: what its shape comments promise."""
    names = {name for names, _ in assigned(cell.source) for name in names}
    ask = f"{{n: [*t.shape] for n in {sorted(names)} if hasattr(t := globals().get(n), 'ndim')}}"
    reply = client.wait_for_reply(client.kc.execute("", silent=True, user_expressions={"it": ask}))
    return ast.literal_eval(reply["content"]["user_expressions"]["it"]["data"]["text/plain"])


def faulty_line(cell: NotebookNode, traceback: str) -> int:
    """Which line of the cell raised, from the traceback that IPython wrote."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", traceback)
    found = re.findall(rf"Cell In\[{cell.execution_count}\], line (\d+)", plain)
    return int(found[-1]) if found else 1


def execute(pages: list[Path]) -> Iterator[Executed]:
    """Execute pages in parallel, each in its own process; yield each as it ends.

    Raises the first PageError after the pages already under way have ended.
    """

    def one(page: Path) -> Executed:
        with closing(ensure_event_loop()):  # nbclient would leave one open in every thread
            notebook, ran = executed(source(page), str(page.relative_to(ROOT)))
        seconds = sum(cell.metadata.get("seconds", 0.0) for cell in code_cells(notebook))
        return Executed(page, seconds, ran)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        tasks = [pool.submit(one, page) for page in pages]
        try:
            for task in as_completed(tasks):
                yield task.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
