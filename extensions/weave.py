"""Weave outputs into pages: Sphinx never executes, it reads pages that already ran.

MyST-NB reads every .md page through `read`.  Outputs come from tools/execute.py, which runs a page
only if nothing stored fits.  Sphinx reads a page again when its outputs would be others.
"""

import sys
from pathlib import Path

from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

sys.path.append(str(Path(__file__).resolve().parents[1] / "tools"))
import execute


def read(text: str) -> NotebookNode:
    """The notebook of a MyST page, with its outputs.

    A figure that says itself what it shows, as those of torchbook.show do, has its words in the
    metadata of the output; MyST-NB looks for them in those of the cell.
    """
    notebook = execute.executed(text)[0]
    for cell in execute.code_cells(notebook):
        if words := alt(cell):
            image = cell.metadata.setdefault("mystnb", {}).setdefault("image", {})
            image.setdefault("alt", words)
    return notebook


def alt(cell: NotebookNode) -> str | None:
    """The words of the figure that a cell made, if it says them itself."""
    said = [each for output in cell.outputs for each in output.get("metadata", {}).values()]
    return next((each["alt"] for each in said if isinstance(each, dict) and "alt" in each), None)


def key_of(env: BuildEnvironment, docname: str) -> str:
    return execute.key(execute.read(Path(env.doc2path(docname)).read_text(encoding="utf-8")))


def remember_key(app: Sphinx, docname: str, source: list[str]) -> None:
    app.env.metadata[docname]["weave"] = key_of(app.env, docname)


def changed(app: Sphinx, env: BuildEnvironment, *_) -> list[str]:
    """Pages whose text may be the same but whose outputs are not: the package has changed."""
    there = [name for name in env.found_docs if name in env.metadata]
    return [name for name in there if env.metadata[name].get("weave") != key_of(env, name)]


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("source-read", remember_key)
    app.connect("env-get-outdated", changed)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
