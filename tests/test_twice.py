"""A cell that puts out another last digit the second time is found, unless a tag allows it."""

import execute
from twice import twice

PAGE = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
---

```{code-cell}
import random

2 + 2
```

```{code-cell}
1 + random.random() / 1e6
```

```{code-cell}
:tags: [varies]

random.random()
```

```{code-cell}
:tags: [varies]

2 + 3
```
"""


def test_what_differs_without_a_tag_and_what_needs_no_tag_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr(execute, "ROOT", tmp_path)
    monkeypatch.setattr(execute, "STORE", tmp_path / "store")
    monkeypatch.setattr("twice.ROOT", tmp_path)
    page = tmp_path / "odd.md"
    page.write_text(PAGE, encoding="utf-8")
    (bad,), same = twice(page)
    assert bad.startswith("odd.md: cell 2:\n1.")
    assert same == ["odd.md: cell 4"]
