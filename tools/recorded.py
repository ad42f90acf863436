"""What is known of the runs of a page: this build's, and those of other devices, kept in records/.

tools/record.py makes a record; here it is read.
"""

import json

from nbformat import NotebookNode

from execute import DEVICE, ROOT, bare, digest

RECORDS = ROOT / "records"
HERE = DEVICE.split(":")[0]


def code(notebook: NotebookNode) -> str:
    """What changes when a cell of a page does, wherever the page runs: 16 hexadecimal digits."""
    return digest([], *bare(notebook))[:16]


def others() -> dict[str, dict]:
    """{device: {page: what became of it}}, of the devices that this build doesn't run on."""
    found = {path.stem: path for path in sorted(RECORDS.glob("*.json")) if path.stem != HERE}
    return {kind: json.loads(path.read_text("utf-8"))["pages"] for kind, path in found.items()}
