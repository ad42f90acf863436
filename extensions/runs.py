"""When and where the cells of each page ran: a line at its foot, and the table of the status page.

The run that made the outputs is stored with them (tools/execute.py); runs on other devices are in
records/ (tools/recorded.py).  The dates are theirs, not the build's: what has not run again is not
written again.
"""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

import execute
import recorded

WORDS = {
    "en": {
        "page": "Page",
        "cpu": "On a CPU",
        "cuda": "On an NVIDIA GPU",
        "run": "{date}, PyTorch {torch}, {seconds} s",
        "failed": "{date}, PyTorch {torch}: failed",
        "older": "{run} (an earlier version of the page)",
        "never": "not yet",
        "stamp": "These cells ran",
        "all": "All pages",
    },
    "es": {
        "page": "Página",
        "cpu": "En una CPU",
        "cuda": "En una GPU de NVIDIA",
        "run": "{date}, PyTorch {torch}, {seconds} s",
        "failed": "{date}, PyTorch {torch}: falló",
        "older": "{run} (una versión anterior de la página)",
        "never": "todavía no",
        "stamp": "Estas celdas se ejecutaron",
        "all": "Todas las páginas",
    },
}
DEVICES = ("cpu", "cuda")


class runs(nodes.General, nodes.Element):
    """Where the table goes, once every page is known."""


class Runs(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        return [runs()]


def said(run: dict | None, code: str, language: str) -> str:
    """A run in words; of a record that it is of other cells than the page has now."""
    words = WORDS[language]
    if not run:
        return words["never"]
    date = run["date"][:16].replace("T", " ") + " UTC"
    text = words["run" if run.get("ok", True) else "failed"].format(**run | {"date": date})
    return text if run.get("code", code) == code else words["older"].format(run=text)


def known(env: BuildEnvironment, docname: str) -> dict[str, str]:
    """{device: when and how the page ran there, in words}; empty for a page without cells."""
    text = Path(env.doc2path(docname)).read_text(encoding="utf-8")
    notebook, _ = execute.executed(text)
    if not execute.code_cells(notebook):
        return {}
    language, code = env.config.language, recorded.code(notebook)
    name = f"{language}/{docname.split('/')[-1]}"
    here = {recorded.HERE: notebook.metadata.run}
    others = {device: pages.get(name) for device, pages in recorded.others().items()}
    every = others | here
    return {device: said(every.get(device), code, language) for device in {*DEVICES, *every}}


def row(*cells: nodes.Node) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))


def fill_table(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    places = list(doctree.findall(runs))
    if not places:
        return
    words, env = WORDS[app.config.language], app.env
    body = nodes.tbody()
    root = app.config.root_doc
    for page in [root, *env.toctree_includes.get(root, [])]:
        if by_device := known(env, page):
            link = nodes.reference("", env.titles[page].astext(), internal=True)
            link["refuri"] = app.builder.get_relative_uri(docname, page)
            body += row(link, *(nodes.Text(by_device[device]) for device in DEVICES))
    head = nodes.thead("", row(*(nodes.Text(words[name]) for name in ("page", *DEVICES))))
    columns = [nodes.colspec(colwidth=width) for width in (2, 1, 1)]
    table = nodes.table("", nodes.tgroup("", *columns, head, body, cols=len(columns)))
    for place in places:
        place.replace_self(table.deepcopy())


def add_stamp(app: Sphinx, pagename, templatename, context, doctree) -> None:
    if doctree is None or not (by_device := known(app.env, pagename)):
        return
    words = WORDS[app.config.language]
    ran = "; ".join(f"{lower(words[device])}: {by_device[device]}" for device in DEVICES)
    status = pagename.replace(pagename.split("/")[-1], "status")
    there = status in app.env.found_docs
    address = app.builder.get_relative_uri(pagename, status)
    link = f' <a href="{address}">{words["all"]}</a>.' * there
    context["body"] += f'<p class="stamp">{words["stamp"]} {ran}.{link}</p>\n'


def lower(text: str) -> str:
    return text[0].lower() + text[1:]


def outdated(app: Sphinx, env: BuildEnvironment, *_) -> list[str]:
    """The status page depends on all others."""
    return [name for name in env.found_docs if name.split("/")[-1] == "status"]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(runs)
    app.add_directive("runs", Runs)
    app.connect("doctree-resolved", fill_table)
    app.connect("html-page-context", add_stamp)
    app.connect("env-get-outdated", outdated)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
