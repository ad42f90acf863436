"""Which Spanish paragraphs are behind: their English has changed since they were last reviewed.

python tools/freshness.py              lists them, page by page
python tools/freshness.py tensors      records that the Spanish of a page says what its English does

book/es/reviewed.json keeps, for each page, a hash of every English paragraph and cell as it was
when somebody last read both.
"""

import difflib
import hashlib
import json
import re
import sys

from build_book import ROOT, page_names
from execute import read

RECORD = ROOT / "book" / "es" / "reviewed.json"


def blocks(text: str) -> list[str]:
    """The paragraphs and the cells of a page, in order."""
    found = []
    for cell in read(text).cells:
        parts = [cell.source] if cell.cell_type == "code" else re.split(r"\n\s*\n", cell.source)
        found += [part.strip() for part in parts if part.strip()]
    return found


def fingerprint(block: str) -> str:
    """Eight digits that change when a word does, but not when a line is broken elsewhere."""
    return hashlib.sha256(" ".join(block.split()).encode()).hexdigest()[:8]


def behind(text: str, reviewed: list[str]) -> list[str]:
    """The paragraphs of `text` that are new or changed, and a line for those that are gone."""
    now = blocks(text)
    steps = difflib.SequenceMatcher(None, reviewed, [fingerprint(block) for block in now], False)
    found = []
    for kind, old, old_end, new, new_end in steps.get_opcodes():
        if kind == "delete":
            follows = now[new - 1] if new else "the beginning"
            found.append(f"({old_end - old} removed, after:) {follows}")
        elif kind != "equal":
            found += now[new:new_end]
    return found


def english(page: str) -> str:
    return (ROOT / "book" / "en" / f"{page}.md").read_text(encoding="utf-8")


def record() -> dict[str, list[str]]:
    return json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}


def all_behind() -> dict[str, list[str]]:
    """{page: paragraphs that are behind}, of the pages that have any."""
    reviewed = record()
    found = {page: behind(english(page), reviewed.get(page, [])) for page in page_names()}
    return {page: paragraphs for page, paragraphs in found.items() if paragraphs}


def review(page: str) -> None:
    """Record every English paragraph of a page as it is now."""
    if page not in page_names():
        sys.exit(f"No page is called {page!r}; there are: {', '.join(page_names())}")
    reviewed = record() | {page: [fingerprint(block) for block in blocks(english(page))]}
    aside = RECORD.with_suffix(".part")
    kept = {name: reviewed[name] for name in page_names() if name in reviewed}
    aside.write_text(json.dumps(kept, indent=0) + "\n", encoding="utf-8")
    aside.replace(RECORD)
    print(f"book/es/{page}.md is recorded as saying what book/en/{page}.md says now.")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        review(sys.argv[1])
    elif found := all_behind():
        for page, paragraphs in found.items():
            print(f"book/es/{page}.md is behind in {len(paragraphs)} places:")
            for paragraph in paragraphs:
                print("    " + " ".join(paragraph.split())[:100])
        sys.exit("Bring the Spanish up to date, then say `make reviewed PAGE=...` for each page.")
    else:
        print("Every Spanish page was reviewed against the English as it is now.")
