"""Every page, in both languages, runs from first cell to last, and keeps the house style."""

import ast
import re
import statistics

import pytest

import build_book
from execute import ROOT, code_cells, executed, python, read

PAGES = [str(page.relative_to(ROOT)) for page in build_book.pages()]
EXERCISE = re.compile(r"^```\{exercise\}\n:label: (\S+)$", re.M)
SOLUTION = re.compile(r"^```\{solution-start\} (\S+)\n:class: dropdown$", re.M)
GPUS = r"(cuda|mps|xpu)"
ASKS = re.compile(rf"\.type == '{GPUS}|{GPUS}\.is_available")
ONE_DEVICE = re.compile(rf"torch\.{GPUS}\.(?!is_available\b)\w+(\(.*\))?", re.S)
NAMED = re.compile(rf"[(,=]\s*'{GPUS}(:\d+)?'")
BACK = {"index", "glossary", "status"}  # what is about the book itself
CHECKED = re.compile(r"check\(\"([\w-]+)\"")


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_page_runs(page):
    notebook, _ = executed(text(page), page)
    for cell in code_cells(notebook):
        assert cell.execution_count
        assert not [output for output in cell.outputs if output.output_type == "error"]
    assert bool(code_cells(notebook)) == ("{code-cell}" in text(page))


@pytest.mark.parametrize("page", PAGES)
def test_cells_are_short_and_ask_nothing_of_the_machine(page):
    cells = [cell.source for cell in code_cells(read(text(page)))]
    for cell in cells:
        assert len(cell.splitlines()) <= 25, cell
        assert max(map(len, cell.splitlines())) <= 80, cell
        assert not re.search(
            r"^\s*[!%](?!%writefile \w+\.py$)|\.cuda\(|filterwarnings|simplefilter", cell, re.M
        ), cell
        imported = [
            node for node in ast.walk(ast.parse(python(cell))) if isinstance(node, ast.ImportFrom)
        ]
        assert not [node for node in imported if node.names[0].name == "*"], cell
    if cells:
        assert statistics.median(len(cell.splitlines()) for cell in cells) <= 6


def assumed(cell: str) -> list[str]:
    """What a cell says that holds on one kind of device only, outside an `if` that asks for it."""
    found = []
    todo = [ast.parse(python(cell))]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If | ast.IfExp) and ASKS.search(ast.unparse(node.test)):
            todo += [node.test, *(node.orelse if isinstance(node, ast.If) else [node.orelse])]
            continue
        said = ast.unparse(node) if isinstance(node, ast.Call | ast.Attribute) else ""
        moves = isinstance(node, ast.Call) and not said.startswith("print(")
        if ONE_DEVICE.fullmatch(said) or (moves and NAMED.search(said.removeprefix("torch."))):
            found.append(said)
        else:
            todo += ast.iter_child_nodes(node)
    return found


@pytest.mark.parametrize("page", PAGES)
def test_no_cell_assumes_a_device(page):
    for cell in code_cells(read(text(page))):
        assert not assumed(cell.source), cell.source


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("x.to('cuda')", 1),
        ("torch.zeros(3, device='cuda:0')", 1),
        ("torch.device('mps')", 1),
        ("torch.cuda.synchronize()", 1),
        ("f = torch.cuda.synchronize", 1),
        ("if size > 1:\n    x.to('cuda')", 1),
        ("if device.type == 'cuda':\n    torch.cuda.synchronize()", 0),
        ("if device.type == 'cuda':\n    pass\nelse:\n    x.to('cuda')", 1),
        ("y = x.to('cuda') if device.type == 'cuda' else x", 0),
        ("torch.cuda.is_available(), device.type == 'cuda', print('cuda')", 0),
        ("x.to(device), x.to('meta'), x.to('cpu')", 0),
    ],
)
def test_a_device_that_is_assumed_is_noticed(cell, found):
    assert len(assumed(cell)) == found


@pytest.mark.parametrize("page", PAGES)
def test_every_exercise_has_a_hint_a_check_and_a_solution_that_passes_it(page):
    said = text(page)
    exercises = EXERCISE.findall(said)
    assert SOLUTION.findall(said) == exercises
    assert said.count(":class: dropdown hint") == len(exercises)
    solutions = re.findall(
        r"^```\{solution-start\} (\S+)$(.*?)^```\{solution-end\}", said, re.M | re.S
    )
    for label, solution in solutions:
        assert CHECKED.findall(solution)[-1:] == [label], f"the solution of {label} is not checked"
    name = page.split("/")[-1].removesuffix(".md")
    assert not exercises or all(label.startswith(f"{name}-") for label in exercises)
    if name not in BACK:
        assert 3 <= len(exercises) <= 5


@pytest.mark.parametrize("page", PAGES)
def test_no_line_of_prose_turned_into_a_list_when_it_was_wrapped(page):
    for cell in read(text(page)).cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"^[^\n]*\S\n\+ ", cell.source, re.M)


@pytest.mark.parametrize(
    ("language", "time", "minutes", "hours", "then"),
    [
        ("en", r"\*\*Time:\*\*", "minutes", "hours", "**Next:**"),
        ("es", r"\*\*Tiempo:\*\*", "minutos", "horas", "**A continuación:**"),
    ],
)
def test_the_map_names_every_page_with_its_time_and_each_page_the_next(
    language, time, minutes, hours, then
):
    said = text(f"book/{language}/index.md")
    known = dict(re.findall(rf"- {{doc}}`(\w+)`:[^-]*? (\d+)\s{minutes}\.", said))
    names = [name for name in build_book.page_names() if name not in BACK]
    assert list(known) == names
    assert f" {round(sum(map(int, known.values())) / 60)} {hours}: " in said
    for name in names:
        page = text(f"book/{language}/{name}.md")
        assert re.search(rf"{time}\s(\d+)\s{minutes}", page)[1] == known[name]
        assert page.count(f"\n{then} ") == 1
