"""`make launch`: every page, launched as Binder launches it, in an environment made of its files.

Not part of `make test`: the environment takes minutes and gigabytes, and every page runs once more.
What was measured is printed, and kept in _build/launch.json.
"""

import json
import time
from pathlib import Path

import lab
import pytest

import build_book

PAGES = [(name, language) for name in build_book.page_names() for language in build_book.LANGUAGES]
MOST = {"pretrained": 1638}  # MiB that a page may hold; Binder promises a reader 1 GiB, and ends
MOST_OF_ANY = 1024  # what takes more than 2


@pytest.fixture(scope="module")
def repository(tmp_path_factory) -> Path:
    return lab.clone(tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="module")
def server(tmp_path_factory, repository):
    environment = lab.installed(tmp_path_factory.mktemp("environment"), repository)
    with lab.started(environment, repository) as running:
        yield running


@pytest.fixture(scope="module")
def record():
    rows = []
    yield rows
    path = build_book.BUILD / "launch.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(rows, indent=1) + "\n")


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_a_page_opens_as_a_notebook_and_runs_to_its_end(browser, server, record, name, language):
    path = f"book/{language}/{name}.md"
    with lab.Memory(server.process) as memory:
        page = lab.opened(browser, server, path)
        start = time.perf_counter()
        cells = lab.run_all(page)
        seconds = time.perf_counter() - start
    lab.close(page, server)
    record.append({"page": path, "MiB": round(memory.peak), "seconds": round(seconds, 1)})
    print(f"{path:28} {memory.peak:5.0f} MiB {seconds:6.1f} s", flush=True)
    errors = [out for cell in cells for out in cell["outputs"] if out["output_type"] == "error"]
    assert not errors
    assert memory.peak <= MOST.get(name, MOST_OF_ANY)
