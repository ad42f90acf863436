"""What an execution depends on, and what it does not."""

import gc
import os
import warnings

import pytest

import execute

HEAD = "---\njupytext:\n  text_representation: {extension: .md, format_name: myst}\n---\n\n"


def page(*cells: str, prose: str = "Some prose.") -> str:
    return (
        HEAD
        + prose
        + "\n\n"
        + "\n\n".join(f"```{{code-cell}}\n{cell}\n```" for cell in cells)
        + "\n"
    )


def key(text: str) -> str:
    return execute.key(execute.read(text))


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(execute, "STORE", tmp_path)
    return tmp_path


def test_the_key_ignores_prose_and_comments_and_nothing_else():
    same = key(page("x = 1  # one"))
    assert key(page("x = 1  # uno", prose="Otra prosa.")) == same
    assert key(page("x = 2  # one")) != same
    assert key(page("x = '1'")) != same
    assert key(page("x = 1", "y = 2")) != key(page("x = 1\ny = 2"))
    file = key(page("%%writefile a.py\nx = 1  # one"))
    assert key(page("%%writefile a.py\nx = 1  # uno")) == file
    assert key(page("%%writefile b.py\nx = 1")) != file


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("execute.DEVICE", "cuda"),
        ("execute.version", lambda name: "0.0"),
        ("platform.python_version", lambda: "3.0.0"),
    ],
)
def test_the_key_depends_on_device_versions_and_python(monkeypatch, name, value):
    monkeypatch.setattr(execute, "hardware", lambda: "a GPU")
    before = execute.surroundings.__wrapped__()
    monkeypatch.setattr(name, value)
    assert execute.surroundings.__wrapped__() != before


def test_the_key_depends_on_which_gpu_it_is(monkeypatch):
    monkeypatch.setattr(execute, "DEVICE", "cuda")
    monkeypatch.setattr(execute, "hardware", lambda: "a GPU")
    before = execute.surroundings.__wrapped__()
    monkeypatch.setattr(execute, "hardware", lambda: "another GPU")
    assert execute.surroundings.__wrapped__() != before


@pytest.mark.parametrize(
    "name", ["code/torchbook/a.py", "code/torchbook/b.toml", "requirements.txt"]
)
def test_the_key_depends_on_the_package_and_the_pins(monkeypatch, tmp_path, name):
    monkeypatch.setattr(execute, "ROOT", tmp_path)
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("one", encoding="utf-8")
    before = execute.surroundings.__wrapped__()
    path.write_text("two", encoding="utf-8")
    assert execute.surroundings.__wrapped__() != before


def test_the_checks_of_other_pages_are_not_in_the_key(monkeypatch, tmp_path):
    monkeypatch.setattr(execute, "ROOT", tmp_path)
    checks = tmp_path / "code" / "torchbook" / "checks"
    checks.mkdir(parents=True)
    for name in ("__init__.py", "sums.py", "sums.toml"):
        path = checks / name
        path.write_text("one", encoding="utf-8")
    asks, other = page('check("sums-two", 2)'), page("x = 1")
    for name in ("sums.py", "sums.toml", "__init__.py"):
        execute.surroundings.cache_clear()
        before = key(asks), key(other)
        (checks / name).write_text("two", encoding="utf-8")
        execute.surroundings.cache_clear()
        assert key(asks) != before[0]
        assert (key(other) == before[1]) == name.startswith("sums")
    execute.surroundings.cache_clear()


def test_what_a_cell_prints_is_one_output_however_slowly_it_prints(store):
    slowly = (
        "import time\nfor k in range(3):\n    print(k, end=' ', flush=True)\n    time.sleep(0.3)"
    )
    (cell,) = execute.code_cells(execute.executed(page(slowly))[0])
    assert [output.text for output in cell.outputs] == ["0 1 2 "]


def test_a_page_runs_once_and_alone(store):
    text = page(
        "import os\nos.listdir()", "open('left', 'w').close()", "os.environ['OMP_NUM_THREADS']"
    )
    first, ran = execute.executed(text)
    assert ran
    again, ran = execute.executed(text.replace("Some prose.", "Other prose."))
    assert not ran
    outputs = [cell.outputs for cell in execute.code_cells(first)]
    assert outputs == [cell.outputs for cell in execute.code_cells(again)]
    assert outputs[0][0].data["text/plain"] == "[]", "a page begins in an empty folder"
    assert outputs[2][0].data["text/plain"] == "'1'"
    assert "left" not in os.listdir()


def test_an_execution_leaves_nothing_open(store, tmp_path, monkeypatch):
    monkeypatch.setattr(execute, "ROOT", tmp_path)
    source = tmp_path / "page.md"
    source.write_text(page("1 + 1"), encoding="utf-8")
    gc.collect()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert [done.ran for done in execute.execute([source])] == [True]
        gc.collect()
    assert not said


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["1 + 1", "def f():\n    return 1 / 0", "0\nf()"], r"p:19: cell 3: f\(\)[\s\S]*Zero"),
        (["---\ntags: [a]\n---\n1 / 0"], r"p:12: cell 1: 1 / 0"),
        (["def f(:"], r"p:9: cell 1: def f\("),
        (["import warnings\nwarnings.warn('soon', DeprecationWarning)"], "p:9: cell 1 warns"),
        (["import os\nos._exit(3)"], "p:9: cell 1 ended its Python process"),
    ],
)
def test_what_fails_says_where(store, cells, words):
    with pytest.raises(execute.PageError, match=words):
        execute.executed(page(*cells), "p")
    assert not list(store.glob("*.ipynb")), "what failed must run again"


def test_a_user_warning_may_be_shown(store):
    notebook, _ = execute.executed(page("import warnings\nwarnings.warn('look')"))
    assert "UserWarning: look" in execute.code_cells(notebook)[0].outputs[0].text
