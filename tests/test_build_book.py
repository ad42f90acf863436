"""The build says what is wrong, and the last good site stands until a better one is complete."""

import errno
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import jupytext
import pytest
import yaml

import build_book

PAGE = "book/en/numbers.md"
TWIN = "book/es/numbers.md"
CELL = "2 + 2  # a sum"
FAULTS = {
    "a cell that raises": (
        PAGE,
        CELL,
        "1 / 0",
        [f"{PAGE}:13: cell 1: 1 / 0", "ZeroDivisionError"],
    ),
    "a cell that loops for ever": (PAGE, CELL, "while True: pass", ["cell 1 ran longer than 10 s"]),
    "a cell that warns of the future": (
        PAGE,
        CELL,
        "import warnings; warnings.warn('it ends', FutureWarning)",
        ["cell 1 warns", "FutureWarning: it ends"],
    ),
    "a cell that kills its kernel": (
        PAGE,
        CELL,
        "import os; os._exit(1)",
        ["ended its Python process"],
    ),
    "a heading too few": (
        TWIN,
        "## Un dibujo\n",
        "",
        ["numbers has 1 sections, book/en/numbers.md has 2"],
    ),
    "a label used twice": (
        PAGE,
        "## A picture",
        "(index)=\n## A picture",
        ["duplicate label index"],
    ),
    "a broken link": (PAGE, "Two and two.", "See [there](nowhere.md).", ["nowhere.md"]),
    "an unknown term": (PAGE, "Two and two.", "A {term}`wombat`.", ["wombat"]),
    "an unknown directive": (PAGE, "Two and two.", "```{wombat}\n```", ["wombat"]),
    "a figure without words": (
        PAGE,
        "    alt: A line that rises.\n",
        "    align: center\n",
        ["alternative text"],
    ),
    "a table of contents that is no YAML": ("_toc.yml", "parts:", "parts: [", ["_toc.yml", "line"]),
    "a text that is not UTF-8": (PAGE, "Two", "\udcff", [PAGE, "UTF-8"]),
}


def test_a_build_shows_each_page_and_ends_with_the_address(mini):
    status, output = mini.build()
    assert status == 0, output
    assert "book/en/numbers.md" in output
    assert " run" in output
    assert (
        output.splitlines()[-1]
        == f"The book is built. Open file://{mini.root}/_build/site/index.html"
    )
    status, output = mini.build()
    assert status == 0
    assert " run" not in output


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_and_the_last_good_site_stands(built, fault):
    name, old, new, words = FAULTS[fault]
    before = built.site()
    path = built.root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_bytes(text.replace(old, new).encode("utf-8", "surrogateescape"))
    status, output = built.build()
    assert status != 0
    assert "The site that was there before still stands" in output
    for word in words:
        assert word in output
    assert "build_book.py" not in output, "a person reads this, not a traceback of the tools"
    assert built.site() == before


def test_a_missing_page_and_one_too_many_are_named(built):
    before = built.site()
    page = built.root / TWIN
    page.rename(page.with_name("more.md"))
    status, output = built.build()
    assert (status, f"{TWIN} is missing" in output) == (1, True)
    page.with_name("more.md").rename(built.root / "book/en/more.md")
    page.write_text("# Otra vez", encoding="utf-8")
    status, output = built.build()
    assert (status, "book/en/more.md is not in _toc.yml" in output) == (1, True)
    assert built.site() == before


def test_what_jupyter_leaves_beside_a_page_is_no_obstacle(built):
    page = built.root / PAGE
    copy = page.parent / ".ipynb_checkpoints" / "numbers-checkpoint.md"
    copy.parent.mkdir()
    shutil.copy(page, copy)
    notebook = jupytext.writes(jupytext.read(page), "ipynb")
    page.with_suffix(".ipynb").write_text(notebook, encoding="utf-8")
    built.change(PAGE, "Two and two.", "Two and two make four.")
    status, output = built.build()
    assert status == 0, output
    assert b"Two and two make four." in built.site()["en/numbers.html"]


def test_prose_and_comments_run_nothing_and_code_and_the_package_run_again(built):
    def ran() -> list[str]:
        status, output = built.build()
        assert status == 0, output
        return [line.split()[0] for line in output.splitlines() if line.endswith("  run")]

    assert ran() == []
    built.change(PAGE, "Two and two.", "Two and two make four.")
    assert ran() == []
    assert b"Two and two make four." in built.site()["en/numbers.html"]
    built.change(PAGE, "# a sum", "# an addition")
    assert ran() == []
    assert b"# an addition" in built.site()["en/numbers.html"]
    for page in (PAGE, TWIN):
        built.change(page, "2 + 2", "3 + 3")
    assert len(ran()) == 1, "the two languages differ in a comment only: one of them runs"
    assert b">6\n" in built.site()["es/numbers.html"]
    for page in (PAGE, TWIN):
        built.change(page, "3 + 3", "__import__('torchbook.device').device.best_device('cpu').type")
    assert len(ran()) == 1
    assert b"</span>'cpu'\n" in built.site()["en/numbers.html"]
    built.change(
        "code/torchbook/device.py", "return torch.device(asked)", 'return torch.device("meta")'
    )
    assert len(ran()) == 1
    assert b"</span>'meta'\n" in built.site()["en/numbers.html"], "old outputs under new code"


def test_what_people_of_this_ecosystem_type_builds_the_english_book(mini):
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    command = [jupyter_book, "build", ".", "--warningiserror", "--keep-going"]
    done = subprocess.run(command, cwd=mini.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    page = mini.root / "_build" / "html" / "book" / "en" / "numbers.html"
    assert ">4\n" in page.read_text(encoding="utf-8")
    assert not (page.parents[1] / "es").exists()


def test_a_title_is_changed_everywhere(built):
    built.change(PAGE, "Two and two.", "Two and two make four.")
    assert built.build()[0] == 0  # so that what follows is a small change for Sphinx
    built.change(PAGE, "# Numbers add up", "# Numbers are added")
    status, output = built.build()
    assert status == 0, output
    assert b"Numbers are added" in built.site()["en/index.html"]
    assert b'id="numbers-are-added"' in built.site()["es/numbers.html"], "both anchors are English"


@pytest.mark.parametrize("moment", ["book/en/index.md", "s of cells ran in"])
def test_a_build_that_is_killed_leaves_the_site_and_no_obstacle(built, moment):
    """Killed while cells run, and while Sphinx works, which then outlives it for four seconds."""
    before = built.site()
    slow = """"--quiet"]; command = ["sh", "-c", 'sleep 4; exec "$@"', "sh", *command]"""
    built.change("tools/build_book.py", '"--quiet"]', slow)
    for page in (PAGE, TWIN):
        built.change(page, CELL[:5], "import time; time.sleep(2); 5 + 5")
    process = built.start()
    assert any(moment in line for line in process.stdout)
    time.sleep(1)
    process.kill()
    process.wait()
    process.stdout.close()
    assert built.site() == before
    status, output = built.build()
    if moment == "s of cells ran in":
        assert "another build is at work" in output
        assert not (built.root / "_build" / "en" / build_book.MADE_OF).exists(), "half-built"
    while "another build is at work" in output:
        time.sleep(1)
        status, output = built.build()
    assert status == 0, output
    assert b">10\n" in built.site()["en/numbers.html"]


def test_a_second_build_at_the_same_time_is_refused(built):
    before = built.site()
    for page in (PAGE, TWIN):
        built.change(page, CELL[:5], "import time; time.sleep(2); 5 + 5")
    first = built.start()
    time.sleep(2)
    status, output = built.build()
    assert status != 0
    assert "another build is at work" in output
    assert built.site() == before
    first.communicate()
    assert first.returncode == 0


def test_a_folder_that_cannot_be_written_is_named(built):
    before = built.site()
    built.change(PAGE, "Two and two.", "Two.")
    (built.root / "_build").chmod(0o555)
    root_may_too = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
    status, output = built.build(*root_may_too)
    (built.root / "_build").chmod(0o755)
    assert status != 0
    assert "no permission to write" in output
    assert built.site() == before


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "no permission to write"),
        (errno.EACCES, "/site"),
    ],
)
def test_what_the_system_refuses_is_said_in_words(monkeypatch, number, words):
    def refuse(lock: int) -> None:
        raise OSError(number, os.strerror(number), "/site")

    monkeypatch.setattr(build_book, "make_site", refuse)
    with pytest.raises(build_book.BuildError, match=words):
        build_book.build()


def test_a_disk_that_fills_up_at_the_end_leaves_no_half_of_a_site(monkeypatch, tmp_path):
    def full(folder, new, ignore) -> None:
        new.mkdir(parents=True)
        raise shutil.Error([(str(folder), str(new), f"[Errno 28] {os.strerror(errno.ENOSPC)}")])

    monkeypatch.setattr(build_book, "BUILD", tmp_path)
    monkeypatch.setattr(
        build_book, "make_site", lambda lock: build_book.change_over([tmp_path] * 2, "")
    )
    monkeypatch.setattr(build_book.shutil, "copytree", full)
    with pytest.raises(build_book.BuildError, match="the disk is full"):
        build_book.build()
    assert not list((tmp_path / "sites").iterdir())
    assert not (tmp_path / "site").exists()


def test_a_fork_links_to_itself(monkeypatch):
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    home = yaml.safe_load((build_book.ROOT / "_config.yml").read_text("utf-8"))["repository"]["url"]
    assert build_book.config("es")["repository"]["url"] == home
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_REPOSITORY", "reader/fork")
    settings = build_book.config("es")
    assert settings["repository"]["url"] == "https://github.com/reader/fork"
    assert settings["sphinx"]["config"]["html_baseurl"] == "https://reader.github.io/fork/es/"


def test_one_table_of_contents_serves_both_languages():
    whole = yaml.safe_load((build_book.ROOT / "_toc.yml").read_text(encoding="utf-8"))
    assert whole["root"] == "book/en/index"
    assert build_book.contents("es")["root"] == "index"
    assert build_book.contents("es") == build_book.contents("en")
