"""What Spanish needs of Sphinx: a search that forgives a missing accent, and a better interface.

`interface` in book/es/_config.yml replaces words of the theme whose own translation is poor or
missing.
"""

import re
import unicodedata
from pathlib import Path

import sphinx
from sphinx import locale
from sphinx.application import Sphinx
from sphinx.search.es import SearchSpanish

ACUTE, DIAERESIS = "\u0301", "\u0308"
STEMMERS = Path(sphinx.__file__).parent / "search" / "minified-js"


def folded(word: str) -> str:
    """The word however it was accented; but ñ is a letter of its own.

    The ending -ión gets its accent back, because the stemmer knows it so.

    >>> folded("Gradientes"), folded("pingüino"), folded("señal"), folded("atencion")
    ('gradientes', 'pinguino', 'señal', 'atención')
    """
    letters = unicodedata.normalize("NFD", word.lower())
    plain = unicodedata.normalize("NFC", letters.replace(ACUTE, "").replace(DIAERESIS, ""))
    return re.sub("ion$", "ión", plain)


class ForgivingSpanish(SearchSpanish):
    """Words are folded before they are stemmed: here for the index, in the browser for queries."""

    js_splitter_code = r"""
function splitQuery(query) {
  return query.normalize("NFC").split(/[^\p{Letter}\p{Number}_]+/u).filter(Boolean);
}
"""
    js_stemmer_rawcode = ""
    js_stemmer_code = "\n".join(
        [
            *((STEMMERS / f"{name}-stemmer.js").read_text("utf-8") for name in ("base", "spanish")),
            r"""
function Stemmer() {
  const stemmer = new SpanishStemmer();
  this.stemWord = (word) => stemmer.stemWord(
    word.toLowerCase().normalize("NFD").replace(/[\u0301\u0308]/g, "").normalize("NFC")
      .replace(/ion$/, "i\u00f3n"));
}
""",
        ]
    )

    def stem(self, word: str) -> str:
        return super().stem(folded(word))


def reword(app: Sphinx) -> None:
    for translator in locale.translators.values():
        getattr(translator, "_catalog", {}).update(app.config.interface)


def relabel(app: Sphinx, pagename, templatename, context, doctree) -> None:
    """The one label that MyST-NB writes in English whatever the language."""
    label = "Toggle hidden content"
    context["body"] = context.get("body", "").replace(label, app.config.interface[label])


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_config_value("interface", {}, "html")
    app.add_search_language(ForgivingSpanish)
    app.connect("builder-inited", reword, priority=900)
    app.connect("html-page-context", relabel)
    app.add_js_file("spanish.js", priority=900)  # after Sphinx's own translations
    return {"parallel_read_safe": True, "parallel_write_safe": True}
