"""Check the Spanish prose with hunspell; words that only we know are in tools/words.es.txt.

English is codespell's, in `make lint`.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

from execute import ROOT, read

WORDS = ROOT / "tools" / "words.es.txt"
MARKDOWN = MarkdownIt().use(dollarmath_plugin).use(front_matter_plugin).use(myst_role_plugin)
MISSING = (
    "hunspell with its Spanish dictionary is not installed (Debian and Ubuntu: apt-get install "
    "hunspell hunspell-es; macOS: brew install hunspell, and es_ES.dic and es_ES.aff from "
    "LibreOffice in ~/Library/Spelling)."
)


def prose(markdown: str) -> Iterator[str]:
    """The Spanish a reader reads: no code, no formulas, no foreign words (those are in italics),
    no titles of works (those are links)."""
    for token in MARKDOWN.parse(re.sub(r"^\(.*\)=$", "", markdown, flags=re.M)):
        foreign = 0
        for child in token.children or []:
            if child.type in {"em_open", "em_close", "link_open", "link_close"}:
                foreign += child.nesting
            elif child.type == "text" and not foreign:
                yield child.content
            elif child.type == "myst_role" and child.meta["name"] == "term":
                yield re.sub("<.*>", "", child.content)
        if token.type == "fence" and token.info.startswith("{"):  # a directive: its title and text
            yield token.info.partition("}")[2] if "admonition" in token.info else ""
            yield from prose(re.sub(r"^:[\w-]+:.*\n", "", token.content, flags=re.M))


def page_prose(path: Path) -> Iterator[str]:
    for cell in read(path.read_text(encoding="utf-8")).cells:
        if cell.cell_type == "markdown":
            yield from prose(cell.source)
        else:
            shown = cell.metadata.get("mystnb", {})
            yield shown.get("image", {}).get("alt", "")
            yield shown.get("figure", {}).get("caption", "")
            yield from re.findall(r"#\s(.*)", re.sub(r"\([^()]*\)|`[^`]*`", "", cell.source))


def spanish_texts() -> dict[str, str]:
    """{file: its Spanish words} of everything a reader reads in Spanish."""
    texts = {}
    for path in sorted((ROOT / "book" / "es").rglob("*.md")):
        texts[str(path.relative_to(ROOT))] = "\n".join(page_prose(path))
    package = ROOT / "code" / "torchbook"
    for path in [*sorted(package.glob("checks/*.toml")), package / "show.toml"]:
        exercises = tomllib.loads(path.read_text(encoding="utf-8")).values()
        spanish = [text["es"] for exercise in exercises for text in exercise.values()]
        spanish = [re.sub(r"\{\w+[^}]*\}", "", text) for text in spanish]  # where values go
        texts[str(path.relative_to(ROOT))] = "\n".join("\n".join(prose(text)) for text in spanish)
    readme = (ROOT / "README.es.md").read_text(encoding="utf-8")
    texts["README.es.md"] = "\n".join(prose(readme))
    return texts


def unknown(text: str) -> list[str]:
    """The words of a Spanish text that are in no dictionary; exits if there is no hunspell."""
    if not shutil.which("hunspell"):
        sys.exit(MISSING)
    command = ["hunspell", "-d", "es_ES", "-i", "utf-8", "-p", WORDS, "-l"]
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{MISSING}\n{done.stderr}")
    return sorted({word for word in done.stdout.split() if len(word) > 1})


if __name__ == "__main__":
    found = {name: words for name, text in spanish_texts().items() if (words := unknown(text))}
    for name, words in found.items():
        print(f"{name}: {', '.join(words)}")
    if found:
        sys.exit("Spell these otherwise or, if they are right, add them to tools/words.es.txt.")
