"""Checks for the page setup: the order of cells, execution counts, where to run a notebook."""

from typing import Any

from nbformat import NotebookNode, v4

from torchbook.checks.answers import number

RUNS = {  # execution counts of cells of code -> what accepting them means
    (2, 1): "backwards",
    (1, 2, 2): "repeats",
    (1, 3): "gaps",
    (2, 3): "late",
    (1, None): "unrun",
    (None, None): "unrun",
}


def order(answer: Any) -> str | None:
    """The two numbers that C prints in ABCBACB: A sets 10, B doubles."""
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return "kind"
    first, second = map(number, answer)
    if first is None or second is None:
        return "kind"
    if first != 20:
        return "first"
    return {10: None, 20: "page-order", 40: "forgets-a", 80: "forgets-a"}.get(second, "other")


def counts(answer: Any) -> str | None:
    """A function of a notebook: do its cells of code carry the counts 1, 2, 3...?"""
    if not callable(answer):
        return "kind"
    for prose, when_wrong in ((False, "refuses"), (True, "prose")):
        for ran in ((1,), (1, 2), (1, 2, 3)):
            result, mistake = _ask(answer, ran, prose)
            if mistake:
                return "prose" if prose and mistake == "fails" else mistake
            if not result:
                return when_wrong
    for ran, when_wrong in RUNS.items():
        result, mistake = _ask(answer, ran, prose=True)
        if mistake:
            return "stumbles" if None in ran and mistake == "fails" else mistake
        if result:
            return when_wrong
    return None


def _ask(answer: Any, ran: tuple, prose: bool) -> tuple[bool, str | None]:
    """What the reader's function says of a notebook with these counts, and what went wrong."""
    try:
        result = answer(_notebook(ran, prose))
    except Exception:
        return False, "fails"
    return result is True, None if isinstance(result, bool) else "returns"


def _notebook(ran: tuple, prose: bool) -> NotebookNode:
    cells = []
    for count in ran:
        cells += [v4.new_markdown_cell("prose")] if prose else []
        cells.append(v4.new_code_cell("1 + 1", execution_count=count))
    return v4.new_notebook(cells=cells)


def where(answer: Any) -> str | None:
    """Where to send: ten minutes without an account, an hour of GPU, a month of changes."""
    if not isinstance(answer, tuple | list) or len(answer) != 3:
        return "kind"
    if not all(isinstance(place, str) for place in answer):
        return "kind"
    places = [place.strip().lower() for place in answer]
    if not set(places) <= {"local", "colab", "binder"}:
        return "kind"
    if places[0] != "binder":
        return "account" if places[0] == "colab" else "install"
    if places[1] != "colab":
        return "gpu"
    return None if places[2] == "local" else "kept"
