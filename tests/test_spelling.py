"""The spelling check reads what a reader reads, and nothing else."""

import pytest

import spelling


def test_prose_is_read_and_code_formulas_works_and_foreign_words_are_not():
    text = (
        "(label)=\nUna **casa** con `codd` y $x_i$, un *bias*, [A Work](https://a.org) y {doc}`p`."
    )
    words = " ".join(spelling.prose(text)).split()
    assert words == ["Una", "casa", "con", "y", ",", "un", ",", "y", "."]


def test_a_directive_is_read_with_its_title_and_without_its_options():
    text = "```{admonition} Pista\n:class: dropdown hint\nMira la {term}`capa <Capas>`.\n```\n"
    assert " ".join(spelling.prose(text)).split() == ["Pista", "Mira", "la", "capa", "."]


def test_a_word_misspelt_is_found_and_one_of_ours_is_not():
    assert spelling.unknown("Un tensr de PyTorch, una atencion") == ["atencion", "tensr"]


def test_every_text_that_a_reader_reads_in_spanish_is_checked():
    names = spelling.spanish_texts()
    assert {"book/es/tensors.md", "README.es.md", "code/torchbook/checks/tensors.toml"} <= set(
        names
    )
    assert all(len(text.split()) > 50 for text in names.values())
    assert "Una flecha" in names["book/es/pytorch.md"], "alternative texts are read too"


def test_without_hunspell_the_check_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(spelling.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match="apt-get install hunspell hunspell-es"):
        spelling.unknown("Una casa")
