"""Record when each page has run, on what, with which PyTorch, in how many seconds.

python tools/record.py writes records/<device>.json: commit it, and the site shows it beside what
its own build has run.  A page that fails is recorded as failed, and the others still run.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from build_book import LANGUAGES, pages
from execute import ROOT, PageError, code_cells, execute, executed, key, read, source, where
from recorded import HERE, RECORDS, code


def attempt(page: Path) -> tuple[str, dict]:
    """Run one page, if it has to; its name, language first, and what became of it."""
    name = f"{page.parent.name}/{page.stem}"
    notebook = read(source(page))
    entry = {"code": code(notebook), "key": key(notebook)}
    try:
        list(execute([page]))
        entry |= {**executed(source(page))[0].metadata.run, "ok": True}
    except PageError as error:
        entry |= {**where(), "ok": False, "error": str(error)}
    said = f"{entry['seconds']:6.1f} s" if entry["ok"] else "FAILED"
    print(f"{name:28} {said}", flush=True)
    return name, entry


def commit() -> str:
    """The commit that is checked out, with "-dirty" if files have changed since; or "unknown"."""
    ask = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    done = subprocess.run(ask, cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def record(languages: Sequence[str] = LANGUAGES) -> dict:
    """Run every page that has cells, two at a time on two cores; what became of each."""
    chosen = [page for page in pages() if page.parent.name in languages]
    with_cells = [page for page in chosen if code_cells(read(source(page)))]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return {"commit": commit(), "pages": dict(pool.map(attempt, with_cells))}


def write(what: dict, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".part")
    aside.write_text(json.dumps(what, indent=1) + "\n", encoding="utf-8")
    aside.replace(path)


if __name__ == "__main__":
    made = record()
    path = RECORDS / f"{HERE}.json"
    write(made, path)
    failed = [name for name, entry in made["pages"].items() if not entry["ok"]]
    if failed:
        sys.exit(f"These pages failed, as {path.relative_to(ROOT)} says: {', '.join(failed)}")
    print(f"{path.relative_to(ROOT)} says when each page ran on {HERE}.")
