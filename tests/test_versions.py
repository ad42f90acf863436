"""What other versions change is found and told page by page; what ran where is told at the end."""

import json

import nbformat
import pytest
import ran
from nbformat.v4 import new_code_cell, new_notebook, new_output

import versions

HEAD = "---\njupytext:\n  text_representation: {extension: .md, format_name: myst}\n---\n\n"
RUN = {"device": "cpu", "hardware": "a box", "torch": "9.9", "python": "3.99", "ok": True}


def notebook(*said: str):
    cells = [
        new_code_cell("x", outputs=[new_output("stream", name="stderr", text=text)])
        for text in said
    ]
    return new_notebook(cells=cells)


@pytest.fixture
def reported(monkeypatch, tmp_path):
    """The report on a page of two cells, from what they put out at the pins and elsewhere."""

    def make(pinned, other, tests="3 passed\n\nexit status 0\n", **changes):
        page = tmp_path / "book" / "en" / "data.md"
        page.parent.mkdir(parents=True)
        page.write_text(HEAD, encoding="utf-8")
        (tmp_path / "executed").mkdir()
        nbformat.write(other, tmp_path / "executed" / "k.ipynb")
        entry = RUN | {"key": "k"} | changes
        record = {"commit": "0", "pages": {"en/data": entry}}
        (tmp_path / "record.json").write_text(json.dumps(record), encoding="utf-8")
        (tmp_path / "tests.txt").write_text(tests, encoding="utf-8")
        monkeypatch.setattr(versions, "ROOT", tmp_path)
        monkeypatch.setattr(versions, "executed", lambda text, name: (pinned, False))
        return versions.report(tmp_path)

    return make


def test_a_page_that_is_the_same_up_to_rounding_is_called_so(reported):
    text, passed = reported(notebook("0.50001", "b"), notebook("0.50002", "b"))
    assert passed
    assert "## torch 9.9, Python 3.99 (cpu, a box)" in text
    assert "| data | the same | - |" in text
    assert "3 passed" in text


def test_an_output_that_differs_is_shown_with_the_one_at_the_pins(reported):
    text, passed = reported(notebook("a", "0.5"), notebook("a", "0.6"))
    assert passed, "to differ is not to fail"
    assert "| data | differs: 2 | - |" in text
    assert "Cell 2, at the pins and here:\n```text\n0.5\n```\n```text\n0.6\n```" in text


def test_a_cell_tagged_varies_may_differ(reported):
    pinned = notebook("1 ms", "b")
    pinned.cells[0].metadata["tags"] = ["varies"]
    assert "| data | the same | - |" in reported(pinned, notebook("2 ms", "b"))[0]


def test_a_new_warning_is_shown_without_the_path_it_came_from(reported):
    said = "/there/x.py:3: FutureWarning: soon\n  x()\n"
    text, passed = reported(notebook("a", "b"), notebook("a", said + "b"))
    assert passed
    assert "| data | differs: 2, warns | - |" in text
    assert "Warns:\n```text\nFutureWarning: soon\n```" in text


def test_a_page_and_a_test_that_fail_fail_the_whole(reported):
    page = notebook("a", "b")
    text, passed = reported(page, page, ok=False, error="book/en/data.md:3: cell 1: 1 / 0")
    assert not passed
    assert "| data | **fails** | - |" in text
    assert "cell 1: 1 / 0" in text


def test_a_test_that_fails_fails_the_whole(reported):
    page = notebook("a", "b")
    assert not reported(page, page, tests="1 failed\n\nexit status 1\n")[1]


def test_every_module_with_a_test_file_is_tested_on_other_versions():
    tests = versions.package_tests()
    assert {"code", "tests/test_gpt.py", "tests/test_checks.py"} < set(tests)
    assert "tests/test_site.py" not in tests


def test_the_oldest_torch_is_the_one_that_the_package_names():
    assert versions.oldest() == "torch==2.9.*"


def test_the_end_of_a_run_names_what_was_skipped_and_what_ran_on_the_cpu():
    outcomes = [
        ("tests/test_pages.py::test_page_runs[book/en/data.md]", "passed"),
        ("tests/test_gpt.py::test_a", "passed"),
        ("tests/test_gpt.py::test_b", "skipped"),
        ("tests/test_site.py::test_c", "passed"),
    ]
    assert ran.summary(outcomes, "cuda") == [
        "on cuda: pages, every cell: 1 passed",
        "on cuda: tests of the package: 1 passed, 1 skipped",
        "on cpu: tests of the book: 1 passed (they read texts, build the site and look at it)",
    ]
