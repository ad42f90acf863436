"""Pages that ask nothing of the network or of scripts: formulas are MathML, drawn by the browser.

The font for them, STIX Two Math (SIL Open Font License), comes in the package ziamath; what
formulas use of it becomes a file of the site.
"""

import os
from importlib.util import find_spec
from pathlib import Path

from docutils import nodes
from fontTools.subset import main as subset
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

HERE = Path(__file__).parent
FONTS = HERE.parent / "_build" / "fonts"
LETTERS = (
    "U+0020-007E,U+00A0-00FF,U+0302-0308,U+0370-03FF,U+2010-2044,U+2070-209F,U+2100-214F,"
    "U+2190-21FF,U+2200-22FF,U+2308-230B,U+27E8-27E9,U+1D434-1D49B,U+1D6A4-1D6E1"
)


def make_font() -> None:
    """Write the font of formulas as a tenth of its size, once."""
    font = FONTS / "math.woff2"
    if font.exists():
        return
    FONTS.mkdir(parents=True, exist_ok=True)
    whole = Path(*find_spec("ziamath").submodule_search_locations, "fonts/STIXTwoMath-Regular.ttf")
    aside = FONTS / f"{os.getpid()}.part"
    subset([str(whole), f"--unicodes={LETTERS}", "--flavor=woff2", f"--output-file={aside}"])
    aside.replace(font)


def inline_math(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(convert(node.astext()))
    raise nodes.SkipNode


def block_math(translator: HTML5Translator, node: nodes.math_block) -> None:
    number = f'<span class="eqno">({node["number"]})</span>' if node["number"] else ""
    start = translator.starttag(node, "div", "", CLASS="formula")
    translator.body.append(f"{start}{convert(node.astext(), display='block')}{number}</div>\n")
    raise nodes.SkipNode


def without_thebe(app: Sphinx, pagename, templatename, context, doctree) -> None:
    """Jupyter Book puts Thebe's loader on every page, twice on some; no page here asks for it."""
    context["script_files"] = [
        script
        for script in context["script_files"]
        if "thebe" not in f"{script.filename} {script.attributes.get('body')}".lower()
    ]


def setup(app: Sphinx) -> dict[str, bool]:
    make_font()
    app.add_html_math_renderer("mathml", (inline_math, None), (block_math, None))
    app.config.html_math_renderer = "mathml"
    app.config.html_static_path += [str(HERE / "static"), str(FONTS)]
    app.config.html_favicon = str(HERE / "static" / "favicon.svg")
    app.add_css_file("book.css")
    app.connect("html-page-context", without_thebe, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
