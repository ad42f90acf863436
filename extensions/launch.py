"""Where a page can be run and what can be downloaded of it: the menu in its header.

`launch` in the settings (tools/build_book.py) says which repository and which commit of it.  What
the addresses lead to is written by tools/notebooks.py and tools/publish.py; what this build knows
of names and numbers, which the notebooks need for their links, is left beside the pages.
"""

import json
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

NOTEBOOKS = "notebooks"  # the branch, and the folder of the site, that hold them
LINKS = "links.json"


def places(repository: str, commit: str, language: str, page: str) -> dict[str, str]:
    """{name: address} of each place where a page can be run."""
    notebook = f"{repository}/blob/{NOTEBOOKS}/{language}/{page}.ipynb"
    source = f"{repository}/{commit}?urlpath=lab/tree/book/{language}/{page}.md"
    return {
        "Colab": f"https://colab.research.google.com/github/{notebook}",
        "Binder": f"https://mybinder.org/v2/gh/{source}",
        "Kaggle": f"https://www.kaggle.com/kernels/welcome?src=https://github.com/{notebook}",
        "SageMaker Studio Lab": f"https://studiolab.sagemaker.aws/import/github/{notebook}",
    }


def downloads(language: str, page: str) -> dict[str, str]:
    """{name: address} of each file that a page can be had as, seen from the page."""
    return {
        "Notebook": f"../{NOTEBOOKS}/{language}/{page}.ipynb",
        "Notebook with outputs": f"../{NOTEBOOKS}/with-outputs/{language}/{page}.ipynb",
        "Markdown": f"_sources/{page}.md",
    }


def add_menu(app: Sphinx, pagename, templatename, context, doctree) -> None:
    """What templates/launch.html shows; nothing on the search page, nor without settings."""
    if doctree is None or not app.config.launch:
        return
    language = app.config.language
    repository, commit = app.config.launch["repository"], app.config.launch["commit"]
    context["places"] = places(repository, commit, language, pagename)
    context["downloads"] = downloads(language, pagename)


def links(env: BuildEnvironment) -> dict[str, list[str]]:
    """{"doc setup": [address, title], "term batch": ..., "ref fig-x": ..., "number ex-x": ...}.

    Where the book has a bibliography, "cite adam": [address, label] too.
    """
    found = {}
    for name, called, kind, page, anchor, _ in env.get_domain("std").get_objects():
        role = {"label": "ref"}.get(kind, kind)
        found[f"{role} {name.lower()}"] = [
            f"{page}.html" + f"#{anchor}" * bool(anchor),
            str(called),
        ]
    for label, (page, number) in env.get_domain("math").equations.items():
        found[f"eq {label}"] = [f"{page}.html#equation-{label}", f"({number})"]
        found[f"number {label}"] = [f"{page}.html#equation-{label}", str(number)]
    for cited in getattr(env.domains.get("cite"), "citations", []):
        where = f"{cited.bibliography_key.docname}.html#{cited.citation_id}"
        found[f"cite {cited.key.lower()}"] = [where, f"[{cited.formatted_entry.label}]"]
    for page, kinds in env.toc_fignumbers.items():
        for label, number in kinds.get("exercise", {}).items():
            found[f"number {label}"] = [f"{page}.html#{label}", ".".join(map(str, number))]
    return found


def write_links(app: Sphinx, error: Exception | None) -> None:
    if error is None:
        text = json.dumps(links(app.env), ensure_ascii=False, indent=0, sort_keys=True)
        Path(app.outdir, LINKS).write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_config_value("launch", {}, "html")
    app.connect("html-page-context", add_menu)
    app.connect("build-finished", write_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
