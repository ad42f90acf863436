"""Run every page once more, and compare what its cells put out, byte for byte.

python tools/twice.py             all pages
python tools/twice.py devices     one, or some

Only a cell tagged `varies` may differ.  It is named, too, if it does not, since then it needs no
tag; but two times may be the same by chance, and it is for you to say.
"""

import sys
import tempfile
from pathlib import Path

import execute
from build_book import pages
from execute import ROOT, code_cells, executed, source
from outputs import VARIES, differences, marked


def twice(page: Path) -> tuple[list[str], list[str]]:
    """What differs without a tag, and which tagged cells put out the same again."""
    name = str(page.relative_to(ROOT))
    first, _ = executed(source(page), name)
    kept = execute.STORE
    with tempfile.TemporaryDirectory() as folder:
        execute.STORE = Path(folder)
        try:
            second, _ = executed(source(page), name)
        finally:
            execute.STORE = kept
    differ = {number: said for number, *said in differences(first, second, exactly=True)}
    tagged = {n for n, cell in enumerate(code_cells(first), 1) if marked(cell, VARIES)}
    bad = [f"{name}: cell {n}:\n{differ[n][0]}\n{differ[n][1]}" for n in differ if n not in tagged]
    return bad, [f"{name}: cell {n}" for n in sorted(tagged - differ.keys())]


if __name__ == "__main__":
    chosen = [page for page in pages() if page.stem in (sys.argv[1:] or [page.stem])]
    faults = []
    for page in chosen:
        bad, same = twice(page)
        faults += bad
        print(f"{page.relative_to(ROOT)!s:28} {'DIFFERS' if bad else 'the same'}", flush=True)
        for cell in same:
            print(f"{cell} is tagged `{VARIES}`, and came out the same", flush=True)
    if faults:
        sys.exit("\n\n".join(faults))
