"""Right and typically wrong answers to every exercise, page by page."""

import importlib
from pathlib import Path

PAGES = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
CASES = {}
for page in PAGES:
    CASES |= importlib.import_module(f"{__name__}.{page}").CASES
