"""A button that turns a page's cells into running ones, in place: static/live.js, and Thebe.

The button is made by the script, since nothing runs without one, and only where the page links to
Binder: that link says which machine to ask for.  Thebe comes from the site itself (static/thebe),
1.5 MB that nobody loads who does not press the button.
"""

from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_js_file("live-texts.js", loading_method="defer")
    app.add_js_file("live.js", loading_method="defer")
    app.add_css_file("live.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
