"""What MyST says becomes Markdown that a notebook shows, or an error by its name."""

from pathlib import Path

import pytest

from plain import PlainError, Site, Writer

LINKS = {
    "doc shapes": ["shapes.html", "Read the shapes"],
    "term batch": ["glossary.html#term-Batch", "Batch"],
    "cite adam": ["references.html#id3", "[KB15]"],
    "cite sgd": ["references.html#id4", "[RM51]"],
    "ref fig-sum": ["shapes.html#fig-sum", "A sum."],
    "eq eq-sum": ["shapes.html#equation-eq-sum", "(3)"],
    "number eq-sum": ["shapes.html#equation-eq-sum", "3"],
    "number shapes-sum": ["shapes.html#shapes-sum", "7"],
}
HERE = "https://book/en/"


def writer(language: str = "en") -> Writer:
    return Writer(Site(HERE, language, LINKS), Path(__file__))


def plain(text: str) -> str:
    return writer().write(text)


@pytest.mark.parametrize(
    ("myst", "markdown"),
    [
        ("{doc}`shapes`", f"[Read the shapes]({HERE}shapes.html)"),
        ("{doc}`the\nshapes <shapes>`", f"[the shapes]({HERE}shapes.html)"),
        ("{term}`batches <Batch>`", f"[batches]({HERE}glossary.html#term-Batch)"),
        ("{term}`batch`", f"[batch]({HERE}glossary.html#term-Batch)"),
        ("{ref}`below <fig-sum>`", f"[below]({HERE}shapes.html#fig-sum)"),
        ("{eq}`eq-sum`", f"[(3)]({HERE}shapes.html#equation-eq-sum)"),
        ("{cite}`adam`", f"[\\[KB15\\]]({HERE}references.html#id3)"),
        (
            "{cite}`adam, sgd`",
            f"[\\[KB15\\]]({HERE}references.html#id3), [\\[RM51\\]]({HERE}references.html#id4)",
        ),
    ],
)
def test_roles_become_links_to_the_site(myst, markdown):
    assert plain(f"See {myst}, then go.") == f"See {markdown}, then go."


@pytest.mark.parametrize(
    "text",
    [
        "Some *prose* with `x_1 * y_2`, a **word** and [a link](https://example.org/a_b).",
        "- one\n- two\n\n1. three\n1. four",
        "| a   | b     |\n| --- | ----- |\n| `c` | $x_1$ |",
        "$x_1 * y_2$ and\n\n$$a_1 * b_2 = \\frac{1}{2}$$",
        "```python\nx = {term}\n```",
        "## A heading with `code`",
        "It costs \\$3, then \\$4.",
    ],
)
def test_what_a_notebook_shows_already_stays_as_it_is(text):
    assert plain(text) == text


def test_a_label_leaves_nothing_behind():
    assert plain("(shapes)=\n# Shapes") == "# Shapes"


def test_an_admonition_is_a_quotation_under_its_title():
    box = "```{admonition} The mistake\n:class: warning\nSay {term}`batch`.\n\n- one\n```"
    said = f"> **The mistake**\n>\n> Say [batch]({HERE}glossary.html#term-Batch).\n>\n> - one"
    assert plain(box) == said
    assert plain("```{note}\nLook.\n```") == "> **Note**\n>\n> Look."
    assert writer("es").write("```{note}\nMira.\n```") == "> **Nota**\n>\n> Mira."


def test_a_hint_is_folded():
    hint = "```{admonition} Hint\n:class: dropdown hint\nCount $n$.\n```"
    assert plain(hint) == "<details><summary><b>Hint</b></summary>\n\nCount $n$.\n\n</details>"


def test_an_exercise_has_the_number_it_has_on_the_site():
    asked = "```{exercise}\n:label: shapes-sum\nHow many?\n```"
    assert plain(asked) == "> **Exercise 7**\n>\n> How many?"
    assert writer("es").write(asked).startswith("> **Ejercicio 7**")


def test_a_solution_is_folded_wherever_a_cell_of_code_cuts_it():
    page = writer()
    start = "Before.\n\n```{solution-start} shapes-sum\n:class: dropdown\n```\n\nCount them."
    first = page.write(start)
    assert page.solution == "shapes-sum"
    second = page.write("That was *all*.")
    third = page.write("```{solution-end}\n```\n\nAfter.")
    assert page.solution is None
    title = "<details><summary><b>Solution to exercise 7{}</b></summary>\n\n{}\n\n</details>"
    assert first == "Before.\n\n" + title.format("", "Count them.")
    assert second == title.format(", continued", "That was *all*.")
    assert third == "After."


def test_a_solution_that_begins_with_code_has_its_title():
    assert plain("```{solution-start} shapes-sum\n```") == "**Solution to exercise 7**"


def test_a_labelled_equation_has_its_number():
    assert plain("$$\na = b\n$$ (eq-sum)") == "$$\na = b \\tag{3}\n$$"
    assert plain("```{math}\n:label: eq-sum\na = b\n```") == "$$\na = b \\tag{3}\n$$"


def test_a_glossary_is_its_terms_in_order():
    text = "```{glossary}\n:sorted:\n\nLoss\n  How *wrong*.\n  And more.\n\nÁngulo\n  Turn.\n```"
    assert plain(text) == "**Ángulo**\n\nTurn.\n\n**Loss**\n\nHow *wrong*.\nAnd more."


def test_a_figure_is_an_image_of_the_site_above_its_caption():
    text = "```{figure} ../figures/sum.svg\n:alt: Two bars.\nThey *add* up.\n```"
    assert plain(text) == f"![Two bars.]({HERE}_images/sum.svg)\n\n*They *add* up.*"


def test_included_source_is_the_source_that_was_chosen():
    text = f"```{{literalinclude}} {Path(__file__).name}\n:pyobject: plain\n```"
    source = "def plain(text: str) -> str:\n    return writer().write(text)"
    assert plain(text) == f"```python\n{source}\n```"


def test_what_the_build_computes_is_a_link():
    page = Writer(Site(HERE, "es", LINKS), Path("shapes.md"))
    said = f"[La tabla está en el sitio]({HERE}shapes.html)."
    assert page.write("```{runs}\n```") == said
    said = f"[La lista está en el sitio]({HERE}shapes.html)."
    assert page.write("```{bibliography}\n```") == said


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("```{wombat}\n```", "{wombat}"),
        ("{wombat}`a`", "{wombat}"),
        ("- ```{wombat}\n  ```", "{wombat}"),
        ("> {wombat}`a`", "{wombat}"),
        ("{doc}`nowhere`", "nowhere"),
        ("{cite}`adam, nobody`", "nobody"),
        ("[there](nowhere.md)", "nowhere.md"),
        ("A note[^1].\n\n[^1]: Here.", "footnote"),
        ("{{ value }}", "substitution"),
        ("```{note}\n:wombat: 1\nLook.\n```", "wombat"),
    ],
)
def test_what_has_no_rule_fails_by_its_name(text, name):
    with pytest.raises(PlainError, match=name):
        plain(text)
