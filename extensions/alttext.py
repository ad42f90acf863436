"""Every picture says in words what it shows: one without alternative text is a warning."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

log = logging.getLogger(__name__)


def require_alt(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for image in doctree.findall(nodes.image):
        if not image.get("alt", "").strip():
            log.warning("a picture without alternative text: %s", image["uri"], location=image)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-resolved", require_alt)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
