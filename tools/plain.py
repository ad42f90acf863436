"""MyST as Markdown that a notebook shows: what only Sphinx understands becomes plain text.

The text is parsed as the site's is, and written out again by mdformat.  Links lead to the site: the
build has written down where each name leads there.  What has no rule here is an error by its name,
so that nothing reaches a notebook as a riddle.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from unicodedata import normalize
from urllib.parse import urlsplit

import mdformat_tables
from docutils.parsers.rst import Directive
from docutils.parsers.rst.directives.admonitions import Admonition, BaseAdmonition
from docutils.parsers.rst.directives.images import Figure, Image
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdformat.renderer import DEFAULT_RENDERERS, MDRenderer, RenderContext, RenderTreeNode
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.directives import parse_directive_text
from myst_parser.parsers.mdit import create_md_parser
from sphinx.directives.code import CodeBlock, LiteralInclude, LiteralIncludeReader
from sphinx.directives.patches import MathDirective
from sphinx.domains.std import Glossary
from sphinx.util.docutils import ReferenceRole
from sphinx_exercise.directive import ExerciseDirective, SolutionStartDirective
from sphinxcontrib.bibtex.directives import BibliographyDirective

SYNTAX = {"colon_fence", "dollarmath", "linkify", "substitution", "tasklist"}  # Jupyter Book's
PARSER = create_md_parser(MdParserConfig(enable_extensions=SYNTAX), RendererHTML)
FENCES = {"fence", "colon_fence"}
WORDS = {
    "en": {
        "solution": "Solution to exercise {}",
        "continued": "Solution to exercise {}, continued",
        "exercise": "Exercise {}",
        "note": "Note",
        "tip": "Tip",
        "hint": "Hint",
        "warning": "Warning",
        "important": "Important",
        "seealso": "See also",
        "runs": "The table is on the site",
        "bibliography": "The list is on the site",
    },
    "es": {
        "solution": "Solución del ejercicio {}",
        "continued": "Solución del ejercicio {}, continuación",
        "exercise": "Ejercicio {}",
        "note": "Nota",
        "tip": "Consejo",
        "hint": "Pista",
        "warning": "Cuidado",
        "important": "Importante",
        "seealso": "Véase también",
        "runs": "La tabla está en el sitio",
        "bibliography": "La lista está en el sitio",
    },
}


class PlainError(Exception):
    """What a page says in MyST that there is no plain Markdown for, by its name."""


@dataclass(frozen=True)
class Site:
    """Where names lead: links is {"doc setup": ["setup.html", "A notebook is …"], "term …": …}."""

    address: str  # of the language's own site, with a slash at the end
    language: str
    links: dict[str, list[str]]

    def link(self, kind: str, name: str, text: str | None = None) -> str:
        """The Markdown link to what a role names."""
        try:
            where, called = self.links[f"{kind} {name.strip().lower()}"]
        except KeyError:
            raise PlainError(f"{{{kind}}}`{name}` names nothing on the site") from None
        return f"[{escaped(text or called)}]({self.address}{where})"

    def number(self, label: str) -> str:
        return self.links[f"number {label.lower()}"][1]

    def words(self, what: str, *values: str) -> str:
        return WORDS[self.language][what].format(*values)


def escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]$<])", r"\\\1", text)


def quoted(title: str, body: str) -> str:
    """A title in bold above the text, all of it as a quotation."""
    lines = [f"**{title}**", "", *body.splitlines()]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def folded(title: str, body: str) -> str:
    """A title that opens the text, in Jupyter, in VS Code and in Colab alike."""
    return f"<details><summary><b>{title}</b></summary>\n\n{body}\n\n</details>"


def fenced(language: str, text: str) -> str:
    fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", text)), default=0))
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


@dataclass
class Writer:
    """Writes the Markdown of one page, cell after cell."""

    site: Site
    page: Path
    solution: str | None = None  # the exercise whose solution we are in
    shown: bool = False  # whether this solution has had its title

    def write(self, text: str) -> str:
        """One Markdown cell; a solution may begin in it, end in it, or go on after it."""
        tokens = PARSER.parse(text)
        parts = []
        for solution, group in groupby(self.blocks(tokens), key=lambda pair: pair[0]):
            inside = [token for _, block in group for token in block]
            body = self.markdown(inside) if inside else ""
            if solution and (body or not self.shown):
                what = "continued" if self.shown else "solution"
                self.shown = True
                title = self.site.words(what, self.site.number(solution))
                body = folded(title, body) if body else f"**{title}**"
            parts.append(body)
        return "\n\n".join(part for part in parts if part)

    def blocks(self, tokens: list[Token]) -> Iterator[tuple[str | None, list[Token]]]:
        """(the solution it belongs to, its tokens) of each block."""
        block: list[Token] = []
        level = 0
        for token in tokens:
            block.append(token)
            level += token.nesting
            if level:
                continue
            name = directive_name(token)
            if name == "solution-start":
                label = parsed(SolutionStartDirective, token).arguments[0]
                self.solution, self.shown = label, False
                yield label, []
            elif name == "solution-end":
                self.solution = None
            else:
                yield self.solution, block
            block = []

    def markdown(self, tokens: list[Token]) -> str:
        options = {
            "mdformat": {"wrap": "keep", "number": False},
            "parser_extension": [mdformat_tables.plugin, self.rules()],
            "codeformatters": {},
        }
        try:
            return MDRenderer().render(tokens, options, {"references": {}}).strip()
        except KeyError as missing:
            raise PlainError(f"no rule says how a notebook shows {missing}") from None

    def rules(self) -> SimpleNamespace:
        nothing = lambda node, context: ""  # noqa: E731
        kinds = {
            "front_matter": nothing,
            "myst_target": nothing,
            "myst_line_comment": nothing,
            "math_inline": lambda node, context: f"${node.content}$",
            "math_block": lambda node, context: f"$${node.content}$$",
            "math_block_label": self.equation,
            "myst_role": self.role,
            "link": self.hyperlink,
            "fence": self.fence,
            "colon_fence": self.fence,
        }
        escapes = {"text": lambda text, node, context: text.replace("$", "\\$")}
        return SimpleNamespace(RENDERERS=kinds, POSTPROCESSORS=escapes)

    def equation(self, node: RenderTreeNode, context: RenderContext) -> str:
        number = self.site.number(node.info)
        return f"$${node.content.rstrip()} \\tag{{{number}}}\n$$"

    def role(self, node: RenderTreeNode, context: RenderContext) -> str:
        name = node.meta["name"]
        if name == "cite":
            return ", ".join(self.site.link(name, key) for key in node.content.split(","))
        if name not in {"term", "doc", "ref", "eq"}:
            raise PlainError(f"no rule says how a notebook shows the role {{{name}}}")
        text, target = None, node.content
        if explicit := ReferenceRole.explicit_title_re.match(" ".join(node.content.split())):
            text, target = explicit[1], explicit[2]
        target = " ".join(target.split())
        if name == "term":
            return self.site.link("term", target, text or target)
        return self.site.link(name, target, text)

    def hyperlink(self, node: RenderTreeNode, context: RenderContext) -> str:
        if not urlsplit(node.attrs["href"]).scheme:
            raise PlainError(f"the link to {node.attrs['href']}: say {{doc}} or {{ref}} instead")
        return DEFAULT_RENDERERS["link"](node, context)

    def fence(self, node: RenderTreeNode, context: RenderContext) -> str:
        name = directive_name(node)
        if name is None:
            return fenced(node.info.strip(), node.content)
        if name not in DIRECTIVES:
            raise PlainError(f"no rule says how a notebook shows the directive {{{name}}}")
        kind, rule = DIRECTIVES[name]
        said = parsed(kind, node)
        return rule(self, name, said)

    def nested(self, lines: list[str]) -> str:
        return self.markdown(PARSER.parse("\n".join(lines)))


def directive_name(node: Token | RenderTreeNode) -> str | None:
    found = re.match(r"\{([^}]+)\}", node.info.strip()) if node.type in FENCES else None
    return found[1] if found else None


def parsed(kind: type[Directive], node: Token | RenderTreeNode):
    """Arguments, options and body of a directive, as Sphinx takes them."""
    first = node.info.strip().partition("}")[2].strip()
    said = parse_directive_text(kind, first, node.content)
    if said.warnings:
        raise PlainError(f"{node.info.strip()}: {said.warnings[0]}")
    return said


def admonition(writer: Writer, name: str, said) -> str:
    title = writer.nested(said.arguments) if said.arguments else writer.site.words(name)
    wrap = folded if "dropdown" in said.options.get("class", []) else quoted
    return wrap(title, writer.nested(said.body))


def exercise(writer: Writer, name: str, said) -> str:
    title = writer.site.words("exercise", writer.site.number(said.options["label"]))
    if said.arguments:
        title += f" ({said.arguments[0]})"
    return quoted(title, writer.nested(said.body))


def glossary(writer: Writer, name: str, said) -> str:
    """Term lines stand at the margin, their explanations are indented."""
    entries = []
    for line in said.body:
        if line.startswith(" ") or not line:
            entries[-1:] = [f"{entries[-1]}\n{line.strip()}"] if entries else []
        elif not line.startswith(":"):
            entries.append(f"**{line}**\n")
    if "sorted" in said.options:
        entries.sort(key=lambda entry: normalize("NFD", entry.lower()))
    return "\n\n".join(writer.nested(entry.splitlines()) for entry in entries)


def picture(writer: Writer, name: str, said) -> str:
    where = f"{writer.site.address}_images/{Path(said.arguments[0]).name}"
    image = f"![{said.options['alt']}]({where})"
    return f"{image}\n\n*{writer.nested(said.body)}*" if said.body else image


def listing(writer: Writer, name: str, said) -> str:
    language = said.arguments[0] if said.arguments else ""
    return fenced(language, "\n".join(said.body))


def included(writer: Writer, name: str, said) -> str:
    """The lines of a source file that the options choose."""
    path = writer.page.parent / said.arguments[0]
    config = SimpleNamespace(source_encoding="utf-8")
    text, _ = LiteralIncludeReader(str(path), said.options, config).read()
    return fenced(said.options.get("language", path.suffix.replace(".py", "python")), text)


def formula(writer: Writer, name: str, said) -> str:
    label = said.options.get("label")
    tag = f" \\tag{{{writer.site.number(label)}}}" if label else ""
    return "$$\n" + "\n".join([*said.arguments, *said.body]) + tag + "\n$$"


def elsewhere(writer: Writer, name: str, said) -> str:
    """What the build computes is shown on the site only."""
    return writer.site.link("doc", writer.page.stem, writer.site.words(name)) + "."


Rule = tuple[type[Directive], Callable[[Writer, str, object], str]]
BOXES = ("note", "tip", "hint", "warning", "important", "seealso")
DIRECTIVES: dict[str, Rule] = {
    "admonition": (Admonition, admonition),
    **dict.fromkeys(BOXES, (BaseAdmonition, admonition)),
    "exercise": (ExerciseDirective, exercise),
    "glossary": (Glossary, glossary),
    "figure": (Figure, picture),
    "image": (Image, picture),
    "code-block": (CodeBlock, listing),
    "literalinclude": (LiteralInclude, included),
    "math": (MathDirective, formula),
    "bibliography": (BibliographyDirective, elsewhere),
    "runs": (Directive, elsewhere),
}
