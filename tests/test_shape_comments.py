"""Shape comments are promises, and this file keeps them.

`images = ...  # (N, 8, 8)` promises the shape of `images`.  Each call below runs with another size
for every letter.  A letter means the local variable of that name or, if there is none, the size it
had in the first comment that used it; a number means itself.  A comment that disagrees fails, with
its file and line, and so does a comment that no call reaches.
"""

import ast
import re
import sys
from pathlib import Path

import pytest

import torchbook
from torchbook.data import digits

CODE = Path(torchbook.__file__).parent
SHAPE = re.compile(r"# (?:each )?\(([^()]+)\)")
CALLS = {"digits": digits}


def promises(path: Path) -> dict[int, tuple[list[str], list[str]]]:
    """{line: (variables, dimensions)} for every assignment that ends in a shape comment."""
    source = path.read_text(encoding="utf-8")
    found = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign):
            comment = SHAPE.search(source.splitlines()[node.end_lineno - 1])
            names = [n.id for n in ast.walk(node.targets[0]) if isinstance(n, ast.Name)]
            if comment and names:
                found[node.lineno] = names, [d.strip() for d in comment[1].split(",") if d.strip()]
    return found


def broken(dims: list[str], shape: tuple[int, ...], sizes: dict[str, int]) -> bool:
    if dims[0] == "...":
        dims = dims[1:]
        shape = shape[len(shape) - len(dims) :]
    if len(dims) != len(shape):
        return True
    return any(sizes.setdefault(d, n) != n for d, n in zip(dims, shape, strict=True))


def run(call, code: Path = CODE) -> set[tuple[str, int]]:
    """Run call() and return the promises it kept, as (file, line); raise on a broken one."""
    table = {str(path): promises(path) for path in code.rglob("*.py")}
    kept, before, sizes = set(), {}, {}

    def trace(frame, event, arg):
        file = frame.f_code.co_filename
        if file not in table:
            return None
        line, scope = before.get(frame), frame.f_locals
        names, dims = table[file].get(line, ([], []))
        if names and scope.keys() >= set(names):
            known = sizes.setdefault(frame, {str(n): n for n in range(10)})
            known |= {name: value for name, value in scope.items() if isinstance(value, int)}
            for name in names:
                shape = tuple(scope[name].shape)
                if broken(dims, shape, known):
                    raise AssertionError(f"{file}:{line}: {name} is {shape}, comment says {dims}")
            kept.add((file, line))
        before[frame] = frame.f_lineno
        return trace

    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(None)
    return kept


def test_every_shape_comment_is_true_and_is_run():
    kept = set().union(*(run(call) for call in CALLS.values()))
    written = {(str(path), line) for path in CODE.rglob("*.py") for line in promises(path)}
    assert written == kept
    assert written, "no shape comment found: the pattern is out of date"


@pytest.mark.parametrize("lie", ["# (T, B)", "# (B)", "# (B, T, 2)", "# (B, 4)"])
def test_a_lie_is_noticed(tmp_path, lie):
    source = "import torch\ndef f(B, T):\n    x = torch.ones(B, T)  {}\n    return x\n"

    def calling(comment: str):
        path = tmp_path / "lie.py"
        path.write_text(source.format(comment), encoding="utf-8")
        scope: dict = {}
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), scope)
        return lambda: scope["f"](2, 3)

    assert run(calling("# (B, T)"), tmp_path)
    with pytest.raises(AssertionError, match=r"lie.py:3: x is \(2, 3\)"):
        run(calling(lie), tmp_path)
