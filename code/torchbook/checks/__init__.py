"""Checks for the exercises: right or wrong and why, in the reader's language.

A page's checks are the functions of the module that shares its name, `checks/tensors.py`.  Each
takes the reader's answer and returns the name of what is wrong with it, or None when it is right.
The words are in the file beside it, `checks/tensors.toml`, in both languages:

    [tensors-rank]
    right = {en = "...", es = "..."}
    counts-numbers = {en = "...", es = "..."}
"""

import difflib
import importlib
import tomllib
from collections.abc import Callable
from importlib.resources import files
from typing import Any

VERDICT = {
    "en": ("Right. {}", "Not yet. {}"),
    "es": ("Correcto. {}", "Todavía no. {}"),
}
UNKNOWN = {
    "en": "no exercise is called {!r}; the nearest names are: {}",
    "es": "ningún ejercicio se llama {!r}; los nombres más parecidos son: {}",
}


class WrongAnswer(Exception):
    """An answer that is not right yet; the message says what to look at, not what to write."""

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows: the message, without the frames of this package."""
        return [str(self)]


def pages() -> list[str]:
    """The pages that have checks."""
    return sorted(file.name[:-5] for file in files(__name__).iterdir() if file.name[-5:] == ".toml")


def texts(page: str) -> dict[str, dict[str, dict[str, str]]]:
    """{exercise: {what: {language: text}}} of one page."""
    return tomllib.loads((files(__name__) / f"{page}.toml").read_text(encoding="utf-8"))


def page_of(exercise: str, language: str = "en") -> str:
    """The page an exercise belongs to; ValueError, with the nearest names, if there is none."""
    for page in pages():
        if exercise in texts(page):
            return page
    known = [name for page in pages() for name in texts(page)]
    near = ", ".join(difflib.get_close_matches(exercise, known, cutoff=0.0))
    raise ValueError(UNKNOWN[language].format(exercise, near))


def mistake(exercise: str, answer: Any) -> str | None:
    """The name of what is wrong with an answer, or None when it is right."""
    page = page_of(exercise)
    module = importlib.import_module(f"{__name__}.{page}")
    return getattr(module, exercise.removeprefix(f"{page}-").replace("-", "_"))(answer)


def checker(language: str) -> Callable[[str, Any], None]:
    """The function check(exercise, answer) that answers in `language`, "en" or "es".

    check prints why a right answer is right, and raises WrongAnswer, with the reason, for one that
    is not.  ValueError for an unknown language or exercise.  Chapter: index.
    """
    if language not in VERDICT:
        raise ValueError(f"no checks in language {language!r}; there are: {', '.join(VERDICT)}")
    right, wrong = VERDICT[language]

    def check(exercise: str, answer: Any) -> None:
        page = page_of(exercise, language)
        found = mistake(exercise, answer)
        text = texts(page)[exercise][found or "right"][language]
        if found:
            raise WrongAnswer(wrong.format(text))
        print(right.format(text))

    return check
