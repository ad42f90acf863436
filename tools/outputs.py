"""What the cells of two executions of a page have put out, compared."""

import math
import re
from collections.abc import Iterator

from nbformat import NotebookNode

from execute import code_cells

VARIES = "varies"  # the tag of a cell that puts out times, memory, addresses or process numbers
TRANSLATED = "translated"  # of one that computes with words, which the other language has otherwise
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|\bnan\b|\binf\b")
NAMES = re.compile(r'id="[^"]*"|url\(#[^)]*\)|href="#[^"]*"')  # inside an SVG; made of its content
RELATIVE, ABSOLUTE = 1e-3, 1e-6  # what rounding, summed over a training, may change in a number
POINTS = 1.0  # and in a place in a figure: 1/72 of an inch


def marked(cell: NotebookNode, tag: str) -> bool:
    return tag in cell.metadata.get("tags", [])


def shown(cell: NotebookNode) -> list[tuple[str, str]]:
    """(kind, content) of all that a cell puts out, in order; kind is a MIME type."""
    found = []
    for output in cell.outputs:
        if output.output_type == "stream":
            found.append(("text/plain", output.text))
        else:
            found += sorted(output.get("data", {}).items())
    return found


def numbers(cell: NotebookNode) -> list[str]:
    """The numbers in the text that a cell puts out, as they are written."""
    texts = [content for kind, content in shown(cell) if kind == "text/plain"]
    return NUMBER.findall("\n".join(texts))


def alike(kind: str, one: str, other: str) -> bool:
    """Whether two outputs say the same, numbers up to rounding.

    >>> alike("text/plain", "loss 0.50001", "loss  0.50002")
    True
    >>> alike("text/plain", "3 of 4", "2 of 4")
    False
    """
    far = {"rel_tol": 0.0, "abs_tol": POINTS}
    if kind == "image/svg+xml":
        one, other = NAMES.sub("", one), NAMES.sub("", other)
    else:
        far = {"rel_tol": RELATIVE, "abs_tol": ABSOLUTE}
    if ["".join(part.split()) for part in NUMBER.split(one)] != [
        "".join(part.split()) for part in NUMBER.split(other)
    ]:
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return all(a == b or math.isclose(float(a), float(b), **far) for a, b in pairs)


def differences(
    one: NotebookNode, other: NotebookNode, *, exactly: bool = False
) -> Iterator[tuple[int, str, str]]:
    """(number, output of one, output of the other) of each cell that differs, marked ones too."""
    pairs = zip(code_cells(one), code_cells(other), strict=True)
    for number, (left, right) in enumerate(pairs, 1):
        a, b = shown(left), shown(right)
        same = a == b
        if not same and not exactly and [kind for kind, _ in a] == [kind for kind, _ in b]:
            same = all(alike(kind, x, y) for (kind, x), (_, y) in zip(a, b, strict=True))
        if not same:
            yield number, readable(a), readable(b)


def readable(outputs: list[tuple[str, str]]) -> str:
    """The texts among the outputs; of a figure only that there is one."""
    return "\n".join(said if kind == "text/plain" else f"({kind})" for kind, said in outputs)
