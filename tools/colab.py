"""Run notebooks as Colab would: in a bare environment, with nothing but the notebook file.

The environment sees only torch, NumPy and what runs notebooks, lent to it by the one in which this
is said.  The first cell of a notebook has to bring all the rest, from a folder of packages to which
pip's own settings lead, and torch and NumPy must be what they were.  (In Colab the packages come by
network.)
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path
from shutil import copy, copytree

from packaging.tags import parse_tag, sys_tags
from packaging.utils import canonicalize_name

from build_book import BUILD, LANGUAGES, page_names
from first_cell import needed_by, project
from notebooks import FOLDER

LENT = ["torch", "numpy", "ipykernel", "nbclient", "nbconvert"]
EXTRAS = ["jupytext"]  # what some page imports and the package does not bring
EXECUTE = "from nbclient.cli import main; main()"  # as `jupyter execute` does
SECONDS = 600


def site_packages(python: Path) -> Path:
    """The folder with the packages of the environment of this Python."""
    return Path(said(python, "import sysconfig; print(sysconfig.get_path('purelib'))"))


def bare(folder: Path) -> Path:
    """The Python of a new environment that sees our torch, our NumPy and our Jupyter, no more."""
    lent = folder / "lent"
    lent.mkdir(parents=True)
    for package in map(distribution, needed_by(LENT)):
        for name in {file.parts[0] for file in package.files} - {"..", "__pycache__"}:
            if not (lent / name).exists():  # several packages share the folder `nvidia`
                (lent / name).symlink_to(package.locate_file(name))
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "uninstall", "--yes", "--quiet", "setuptools"], check=True)
    (site_packages(python) / "lent.pth").write_text(f"{lent}\n", encoding="utf-8")
    return python


def as_wheel(package: Distribution, folder: Path) -> None:
    """An installed package as the wheel it came from, but for what its installation added."""
    tags = {line[5:] for line in package.read_text("WHEEL").splitlines() if line[:5] == "Tag: "}
    tag = next(tag for tag in sorted(tags) if parse_tag(tag) & set(sys_tags()))
    name = canonicalize_name(package.name).replace("-", "_")
    with zipfile.ZipFile(folder / f"{name}-{package.version}-{tag}.whl", "w") as wheel:
        for file in package.files:
            if not {"..", "__pycache__", "INSTALLER", "REQUESTED"} & set(file.parts):
                wheel.write(package.locate_file(file), str(file))


def packages(folder: Path, site: Path) -> None:
    """All that first cells may ask for, as wheels: the site's own, and packages of ours."""
    for wheel in (site / "wheels").glob("*.whl"):
        copy(wheel, folder)
    for name in needed_by([*project()["dependencies"], *EXTRAS]) - needed_by(LENT):
        as_wheel(distribution(name), folder)


def surroundings(packages: Path) -> dict[str, str]:
    """The variables of a process that has pip look into a folder, and knows nothing of the book."""
    settings = {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(packages),
        "PIP_PROXY": "http://127.0.0.1:9",  # nobody answers: what is not in the folder is nowhere
        "PIP_RETRIES": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_COMPILE": "0",  # pip reads it the other way round: nothing is compiled ahead
        "OMP_NUM_THREADS": "1",
    }
    ours = {name for name in os.environ if name.startswith(("PIP_", "PYTHON", "TORCHBOOK_"))}
    return {name: value for name, value in os.environ.items() if name not in ours} | settings


def said(python: Path, code: str) -> str:
    """What a line of Python prints there."""
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def versions(python: Path) -> str:
    """Which torch and which NumPy an environment has, and where."""
    return said(
        python,
        "import numpy as n, torch as t; print(*((m.__version__, m.__file__) for m in (t, n)))",
    )


def forget(python: Path, packages: Path) -> None:
    """Take away what the first cell of another page has brought for it."""
    command = [python, "-m", "pip", "uninstall", "--yes", "--quiet", project()["name"], *EXTRAS]
    subprocess.run(command, env=surroundings(packages), capture_output=True, check=True)


def run(python: Path, notebook: Path, packages: Path) -> str:
    """Run a notebook alone in an empty folder; returns what went wrong, or nothing."""
    with tempfile.TemporaryDirectory() as place:
        alone = copy(notebook, place)
        command = [python, "-c", EXECUTE, f"--timeout={SECONDS}", "--inplace", alone]
        environment = surroundings(packages)
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        done = subprocess.run(command, cwd=place, env=environment, **pipes)
        copy(alone, python.parents[2] / f"{notebook.parent.name}-{notebook.name}")
    return done.stdout if done.returncode else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--pages", nargs="*", default=page_names(), help="default: all")
    parser.add_argument("--languages", nargs="*", default=LANGUAGES, help="default: all")
    asked = parser.parse_args()
    failed = 0
    site = BUILD / "site"
    if not site.exists():
        sys.exit("The notebooks are made with the site: say `make book` first.")
    with tempfile.TemporaryDirectory(dir=BUILD) as place:
        folder = Path(place)
        (folder / "packages").mkdir()
        packages(folder / "packages", site)
        copytree(site / FOLDER, folder / FOLDER)  # another build may take the site away
        python = bare(folder)
        before = versions(python)
        print(before, flush=True)
        for page in [f"{code}/{name}" for code in asked.languages for name in asked.pages]:
            start = time.perf_counter()
            why = run(python, folder / FOLDER / f"{page}.ipynb", folder / "packages")
            if not why and versions(python) != before:
                why = f"the first cell changed torch or NumPy:\n{versions(python)}"
            failed += bool(why)
            seconds = time.perf_counter() - start
            print(f"{page:28} {seconds:6.1f} s  {'failed' if why else 'ran'}", why, flush=True)
            forget(python, folder / "packages")
    sys.exit(f"{failed} notebooks failed" if failed else 0)


if __name__ == "__main__":
    main()
