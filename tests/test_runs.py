"""The foot of a page says when and where its cells ran, and a record counts only for its cells."""

import json

import pytest

import execute
import record
import recorded
import runs

PAGE = "book/en/numbers.md"


def stamp(book, page: str = "en/numbers.html") -> str:
    """The line at the foot of a page of a small book."""
    html = book.site()[page].decode()
    return html.split('<p class="stamp">')[1].split("</p>")[0]


def keep(book, **changes) -> None:
    """Put a record of a run on a GPU into a small book."""
    text = (book.root / PAGE).read_text(encoding="utf-8")
    run = {"code": recorded.code(execute.read(text)), "date": "2026-11-20T10:15:00+00:00"}
    run |= {"torch": "2.14.1", "seconds": 1.5, "ok": True}
    pages = {"en/numbers": run | changes}
    record.write({"commit": "0", "pages": pages}, book.root / "records" / "cuda.json")
    status, output = book.build()
    assert status == 0, output
    assert "  run" not in output, "a record is no reason to run a page"


def test_a_page_that_ran_on_no_gpu_says_so_in_its_language(built):
    assert "; on an NVIDIA GPU: not yet." in stamp(built)
    assert "; en una GPU de NVIDIA: todavía no." in stamp(built, "es/numbers.html")


def test_the_foot_shows_the_run_that_made_the_outputs_and_an_edit_of_prose_leaves_it(built):
    (stored,) = (built.root / "_build" / "executed").glob("*.ipynb")
    ran = json.loads(stored.read_text(encoding="utf-8"))["metadata"]["run"]
    date = ran["date"][:16].replace("T", " ")
    said = f"These cells ran on a CPU: {date} UTC, PyTorch {ran['torch']}, {ran['seconds']} s"
    assert stamp(built).startswith(said)
    built.change(PAGE, "Two and two.", "Two and two make four.")
    assert built.build()[0] == 0
    assert stamp(built).startswith(said)
    assert b"stamp" not in built.site()["en/index.html"], "it has no cells"


def test_a_record_of_another_device_is_shown_on_the_page_it_is_of(built):
    keep(built)
    assert "; on an NVIDIA GPU: 2026-11-20 10:15 UTC, PyTorch 2.14.1, 1.5 s." in stamp(built)
    assert "todavía no" in stamp(built, "es/numbers.html")


def test_a_failure_and_a_run_of_other_cells_are_called_so(built):
    keep(built, ok=False, error="cell 1")
    assert "GPU: 2026-11-20 10:15 UTC, PyTorch 2.14.1: failed." in stamp(built)
    keep(built, code="another")
    assert "1.5 s (an earlier version of the page)." in stamp(built)


def test_the_status_page_lists_every_page_with_cells(built):
    built.change(
        "_toc.yml",
        "  - file: book/en/numbers",
        "  - file: book/en/numbers\n  - file: book/en/status",
    )
    for language, title in {"en": "Runs", "es": "Ejecuciones"}.items():
        page = built.root / "book" / language / "status.md"
        page.write_text(f"(status)=\n# {title}\n\n```{{runs}}\n```\n", encoding="utf-8")
    assert built.build()[0] == 0
    html = built.site()["en/status.html"].decode()
    table = html.split("<table")[1].split("</table>")[0]
    assert table.count("<tr") == 2, "the head, and the only page that has cells"
    assert 'href="numbers.html"' in table
    assert table.count("not yet") == 1
    assert 'href="status.html">All pages</a>' in stamp(built)


def test_a_record_names_what_ran_and_what_failed(monkeypatch, tmp_path, capsys):
    head = "---\njupytext:\n  text_representation: {extension: .md, format_name: myst}\n---\n\n"
    for name, cell in {"good": "1 + 1", "bad": "1 / 0"}.items():
        page = tmp_path / "en" / f"{name}.md"
        page.parent.mkdir(exist_ok=True)
        page.write_text(f"{head}```{{code-cell}}\n{cell}\n```\n", encoding="utf-8")
    monkeypatch.setattr(execute, "ROOT", tmp_path)
    monkeypatch.setattr(execute, "STORE", tmp_path / "store")
    monkeypatch.setattr(record, "pages", lambda: sorted(tmp_path.glob("en/*.md")))
    pages = record.record()["pages"]
    assert list(pages) == ["en/bad", "en/good"]
    assert [entry["ok"] for entry in pages.values()] == [False, True]
    assert "en/bad.md:7: cell 1: 1 / 0" in pages["en/bad"]["error"]
    assert {"date", "torch", "python", "device", "hardware", "seconds"} < set(pages["en/good"])
    assert "FAILED" in capsys.readouterr().out


@pytest.mark.parametrize("language", ["en", "es"])
def test_there_are_words_for_every_device(language):
    assert set(runs.DEVICES) <= set(runs.WORDS[language])
