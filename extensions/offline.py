"""Pages that ask nothing of the network or of scripts: formulas are MathML, drawn by the browser.

The font for them, STIX Two Math (SIL Open Font License), comes in the package ziamath; what
formulas use of it becomes a file of the site.
"""

import os
import re
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


def mathml(formula: str, display: str = "inline") -> str:
    r"""The formula as MathML, with the thin space that LaTeX leaves in "log p".

    >>> "mspace" in mathml(r"\log p"), "mspace" in mathml(r"\log(p)")
    (True, False)
    """
    thin = r'\1<mspace width="0.167em"/>'
    return re.sub(r"(<mi>[a-z]{2,}</mi>)(?=<m[in])", thin, convert(formula, display=display))


def inline_math(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def keep_punctuation(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """A browser may break the line after a formula, before the comma: keep the two together."""
    for math in list(doctree.findall(nodes.math)):
        after = math.next_node(descend=False, siblings=True)
        if isinstance(after, nodes.Text) and after[0] in ",.;:)?!»":
            mark, rest = nodes.Text(after[0]), nodes.Text(after[1:])
            math.parent.replace(after, rest)
            math.parent.replace(
                math, nodes.inline("", "", math.deepcopy(), mark, classes=["together"])
            )


def block_math(translator: HTML5Translator, node: nodes.math_block) -> None:
    number = f'<span class="eqno">({node["number"]})</span>' if node["number"] else ""
    start = translator.starttag(node, "div", "", CLASS="formula")
    translator.body.append(f"{start}{mathml(node.astext(), 'block')}{number}</div>\n")
    raise nodes.SkipNode


def without_thebe(app: Sphinx, pagename, templatename, context, doctree) -> None:
    """Jupyter Book puts a loader of Thebe on every page, twice on some; ours waits for a click."""
    context["css_files"] = [sheet for sheet in context["css_files"] if "thebe" not in str(sheet)]
    context["script_files"] = [
        script
        for script in context["script_files"]
        if "thebe" not in f"{script.filename} {script.attributes.get('body')}".lower()
    ]


def setup(app: Sphinx) -> dict[str, bool]:
    make_font()
    app.add_html_math_renderer("mathml", (inline_math, None), (block_math, None))
    app.config.html_math_renderer = "mathml"
    app.connect("doctree-resolved", keep_punctuation)
    app.config.html_static_path += [str(HERE / "static"), str(FONTS)]
    app.config.html_favicon = str(HERE / "static" / "favicon.svg")
    app.add_css_file("book.css")
    app.connect("html-page-context", without_thebe, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
