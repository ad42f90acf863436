"""What ran where: the lines that end a run of the tests, so that nothing is skipped in silence."""

import os
from collections import Counter

import execute
from versions import package_tests

PAGES = "pages, every cell"
PACKAGE = "tests of the package"
FILES = {
    f"tests/test_{name}.py"
    for name in (
        "checks",
        "data",
        "distributed",
        "loader",
        "minilm",
        "pretrained",
        "smollm2",
        "text",
        "train_tales",
    )
}
ON_CPU = {
    "doctests": "they show what a reader sees on a CPU",
    "tests of files, answers, processes": "what is read, answered or sent by gloo is on the CPU",
    "tests of the book": "they read texts, build the site and look at it",
}


def kind(nodeid: str) -> str:
    """Which of the kinds above a test is.

    >>> kind("tests/test_pages.py::test_page_runs[book/en/data.md]")
    'pages, every cell'
    >>> kind("tests/test_gpt.py::test_x"), kind("code/torchbook/gpt.py::torchbook.gpt.GPT")
    ('tests of the package', 'doctests')
    """
    file, _, test = nodeid.partition("::")
    if test.startswith("test_page_runs"):
        return PAGES
    if not test.startswith("test_"):
        return "doctests"
    if file in FILES:
        return "tests of files, answers, processes"
    return PACKAGE if file in package_tests() else "tests of the book"


def summary(outcomes: list[tuple[str, str]], device: str) -> list[str]:
    """One line for each kind of test, from (nodeid, outcome) of all that were collected."""
    counts: dict[str, Counter[str]] = {}
    for nodeid, outcome in outcomes:
        counts.setdefault(kind(nodeid), Counter())[outcome] += 1
    lines = []
    for name in (PAGES, PACKAGE, *ON_CPU):
        if name in counts:
            said = ", ".join(f"{n} {outcome}" for outcome, n in sorted(counts[name].items()))
            why = f" ({ON_CPU[name]})" if name in ON_CPU else ""
            lines.append(f"on {'cpu' if name in ON_CPU else device}: {name}: {said}{why}")
    return lines


def pytest_terminal_summary(terminalreporter) -> None:
    outcomes = {}
    for outcome in ("passed", "skipped", "xfailed", "xpassed", "failed", "error"):  # the worst last
        for report in terminalreporter.stats.get(outcome, []):
            outcomes[report.nodeid] = outcome
    if outcomes:
        where = execute.where()
        terminalreporter.section(f"{where['device']}, {where['hardware']}, torch {where['torch']}")
        device = "a pretended GPU" if os.environ.get("TORCHBOOK_PRETEND") else where["device"]
        for line in summary(list(outcomes.items()), device):
            terminalreporter.write_line(line)
