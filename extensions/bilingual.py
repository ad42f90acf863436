"""Tie the English and the Spanish builds together, page by page and section by section.

One _toc.yml builds both books, so a page and its translation share a name.  This extension gives
the n-th section of both the same anchor (made of the English heading), adds the link that leads
from one to the other, tells search engines of both, and translates the captions of _toc.yml.
"""

from itertools import pairwise
from pathlib import Path

from docutils import nodes
from markdown_it import MarkdownIt
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging

from execute import read

HERE = Path(__file__).parent
BOOK = HERE.parent / "book"
TWIN = {"en": ("es", "Español"), "es": ("en", "English")}
log = logging.getLogger(__name__)


def headings(text: str) -> list[str]:
    """The headings of a MyST page, in order, as plain text."""
    found = []
    for cell in read(text).cells:
        if cell.cell_type == "markdown":
            tokens = MarkdownIt().parse(cell.source)
            pairs = pairwise(tokens)
            inline = [after for token, after in pairs if token.type == "heading_open"]
            found += ["".join(child.content for child in token.children) for token in inline]
    return found


def english_anchors(docname: str) -> list[str]:
    """One anchor for each section of a page: the same in both languages, and no two alike."""
    text = (BOOK / "en" / f"{docname}.md").read_text(encoding="utf-8")
    anchors: list[str] = []
    for number, heading in enumerate(headings(text)):
        anchor = nodes.make_id(heading) or f"section-{number}"
        anchors.append(f"{anchor}-{number}" if anchor in anchors else anchor)
    return anchors


def share_anchors(app: Sphinx, doctree: nodes.document) -> None:
    docname = app.env.docname.split("/")[-1]
    every = list(doctree.findall(nodes.section))
    sections = [section for section in every if isinstance(section[0], nodes.title)]
    for number, section in enumerate(every):
        if section not in sections:  # sphinx-exercise gives all of its own the same anchor
            section["ids"] = [f"exercise-content-{number}"]
    anchors = english_anchors(docname)
    if len(sections) != len(anchors):
        numbers = docname, len(sections), docname, len(anchors)
        log.warning("%s has %d sections, book/en/%s.md has %d", *numbers)
        return
    for section, anchor in zip(sections, anchors, strict=True):
        explicit = [name for name in section["ids"] if name in app.env.domaindata["std"]["labels"]]
        section["ids"] = [anchor, *(name for name in explicit if name != anchor)]


def translate_captions(app: Sphinx, doctree: nodes.document) -> None:
    for toctree in doctree.findall(addnodes.toctree):
        caption = toctree.get("caption")
        toctree["caption"] = app.config.toc_captions.get(caption, caption)


def add_twin(app, pagename, templatename, context, doctree) -> None:
    """What the templates need for the switch and for the alternates in the head."""
    if doctree is None or "/" in pagename:
        return  # the search page has no twin, nor has a page of `jupyter-book build .`
    code, name = TWIN[app.config.language]
    page = f"{pagename}{app.builder.link_suffix}"
    context["twin"] = {"code": code, "name": name, "url": f"../{code}/{page}"}
    if app.config.html_baseurl:
        site = app.config.html_baseurl.removesuffix(f"{app.config.language}/")
        context["alternates"] = {lang: f"{site}{lang}/{page}" for lang in sorted(TWIN)}
        context["alternates"]["x-default"] = site


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_config_value("toc_captions", {}, "env")
    app.connect("doctree-read", share_anchors, priority=400)  # before the contents are collected
    app.connect("doctree-read", translate_captions, priority=600)  # after sphinx-external-toc
    app.connect("html-page-context", add_twin)
    app.config.templates_path.insert(0, str(HERE / "templates"))
    app.add_js_file("switch.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
