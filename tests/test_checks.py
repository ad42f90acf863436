"""Every check accepts right answers, names each typical mistake, and survives any answer at all."""

import pytest
import torch

from torchbook import checks

with torch.device("cpu"):
    from checks import CASES

pytestmark = pytest.mark.usefixtures("on_the_cpu")
JUNK = {
    "nothing": None,
    "empty text": "",
    "an object": object(),
    "no numbers": torch.tensor([]),
    "nan": float("nan"),
    "a function": lambda *_: None,
    "a mapping": {},
    "a list": [],
    "a type": int,
    "a huge number": 1e308,
}
ANSWERS = [
    (name, what, answer)
    for name, cases in CASES.items()
    for what, answers in cases.items()
    for answer in answers
]


@pytest.mark.parametrize(("exercise", "what", "answer"), ANSWERS)
def test_the_mistake_is_named(exercise, what, answer):
    assert (checks.mistake(exercise, answer) or "right") == what


@pytest.mark.parametrize("page", checks.pages())
def test_every_text_is_reached_and_is_in_both_languages(page):
    texts = checks.texts(page)
    assert {name: set(cases) for name, cases in CASES.items() if checks.page_of(name) == page} == {
        name: set(what) for name, what in texts.items()
    }
    for what in texts.values():
        assert "right" in what
        for text in what.values():
            assert set(text) == {"en", "es"}
            assert text["en"] != text["es"]


@pytest.mark.parametrize("exercise", CASES)
@pytest.mark.parametrize("answer", JUNK.values(), ids=JUNK)
def test_junk_is_refused_with_words(exercise, answer):
    known = checks.texts(checks.page_of(exercise))[exercise]
    assert checks.mistake(exercise, answer) in known.keys() - {"right"}


@pytest.mark.parametrize(
    ("language", "right", "wrong"), [("en", "Right", "Not yet"), ("es", "Correcto", "Todavía no")]
)
def test_the_verdict_is_in_the_language_of_the_page(capsys, language, right, wrong):
    exercise, cases = next(iter(CASES.items()))
    check = checks.checker(language)
    check(exercise, cases["right"][0])
    assert capsys.readouterr().out.startswith(f"{right}. ")
    other = next(what for what in cases if what != "right")
    with pytest.raises(checks.WrongAnswer, match=f"^{wrong}. ") as caught:
        check(exercise, cases[other][0])
    assert caught.value._render_traceback_() == [str(caught.value)]


def test_an_unknown_exercise_or_language_says_what_there_is():
    for language, words in {"en": "no exercise", "es": "ningún ejercicio"}.items():
        with pytest.raises(ValueError, match=rf"{words}.*'tensors-rnk'.*tensors-rank"):
            checks.checker(language)("tensors-rnk", 3)
    with pytest.raises(ValueError, match="'fr'; there are: en, es"):
        checks.checker("fr")
