"""Outputs are the same in both languages and every time; where they cannot be, a tag says so."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

import build_book
from execute import ROOT, code_cells, executed, source
from outputs import TRANSLATED, VARIES, alike, differences, marked, numbers


def cells(language: str, name: str) -> list:
    return code_cells(executed(source(ROOT / "book" / language / f"{name}.md"))[0])


@pytest.mark.parametrize("name", build_book.page_names())
def test_the_numbers_are_the_same_in_both_languages(name):
    for number, (en, es) in enumerate(zip(cells("en", name), cells("es", name), strict=True), 1):
        if not marked(en, VARIES):
            same = numbers(en) == numbers(es)
            assert same != marked(en, TRANSLATED), f"cell {number}: {numbers(en)} {numbers(es)}"


def page(*said: str, kind: str = "text/plain"):
    outputs = [new_output("execute_result", {kind: text}) for text in said]
    return new_notebook(cells=[new_code_cell(outputs=[output]) for output in outputs])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("loss 0.50001", "loss 0.50002"),
        ("tensor([ 1.,  2.])", "tensor([1., 2.0])"),
        ("1e-9", "3.1e-10"),
        ("nan", "nan"),
    ],
)
def test_rounding_and_layout_are_no_difference(one, other):
    assert alike("text/plain", one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("0.50", "0.51"), ("3 of 4", "2 of 4"), ("a 1", "b 1"), ("1 2", "1"), ("nan", "1.0")],
)
def test_another_number_and_another_word_are(one, other):
    assert not alike("text/plain", one, other)


def test_a_figure_is_the_same_when_its_points_stay_where_they_are():
    line = '<path id="p{}" d="M {} 10"/>'
    assert alike("image/svg+xml", line.format("a1", 200), line.format("b2", 200.4))
    assert not alike("image/svg+xml", line.format("a1", 200), line.format("a1", 202))


def test_the_cells_that_differ_are_named():
    assert list(differences(page("1", "2.0001"), page("1", "2.0002"))) == []
    assert list(differences(page("1", "2"), page("1", "3"))) == [(2, "2", "3")]
    assert list(differences(page("2.0001"), page("2.0002"), exactly=True)) == [
        (1, "2.0001", "2.0002")
    ]
    assert list(differences(page("1"), page("1", kind="text/html"))) == [(1, "1", "(text/html)")]
