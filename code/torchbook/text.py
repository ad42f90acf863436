"""A text file of your own, read whole, and cut into windows for a language model.

Dimensions: T context_length.  Chapter: language-models.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import Dataset


def read_text(path: str | Path) -> str:
    r"""The text of a UTF-8 file, its lines ending in \n whatever wrote them.

    A byte-order mark at the start is dropped; \r\n, of Windows, and \r, of old Macs, become \n.
    Nothing else is changed, so that an accented letter may be one character or two, as it was
    written.  FileNotFoundError if there is no such file; ValueError if it is not UTF-8, with the
    place, or has no text.  Chapter: tokenization.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "mine.txt")
    ...     _ = path.write_bytes(b"\xef\xbb\xbfBuenos d\xc3\xadas\r\n")
    ...     read_text(path)
    'Buenos días\n'
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path} in {Path.cwd()}: give its whole path")
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"{path} is not UTF-8: byte {error.start}, in line {line}, is "
            f"{data[error.start]:#04x}; save it as UTF-8 in the program that wrote it"
        ) from None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ValueError(f"{path} has {len(data)} bytes and no text: give a file with words in it")
    return text


class Windows(Dataset[tuple[Tensor, Tensor]]):
    """Pieces of T ids, each with the ids that come next: example i is ids (T), targets (T).

    targets[t] is the token after ids[t].  Windows begin every `stride` tokens.  With the default,
    `context_length`, they stand end to end: an epoch predicts each token once, but for a rest at
    the end that fills no window.  With 1, every window there is comes up.  ids (N) are a tensor or
    a list; int64 comes out.  ValueError for ids of another kind, sizes below 1, or a text without a
    single window.  Chapter: language-models.

    >>> [(ids.tolist(), targets.tolist()) for ids, targets in Windows(range(6), context_length=2)]
    [([0, 1], [1, 2]), ([2, 3], [3, 4])]
    """

    def __init__(
        self, ids: Tensor | Sequence[int], context_length: int, stride: int | None = None
    ) -> None:
        self.ids = torch.as_tensor(ids)
        self.context_length = context_length
        self.stride = context_length if stride is None else stride
        if min(self.context_length, self.stride) < 1:
            raise ValueError(
                f"context_length {context_length}, stride {stride}: both must be at least 1"
            )
        if self.ids.dim() != 1:
            raise ValueError(f"ids are {tuple(self.ids.shape)}: give those of one text, (N)")
        if len(self.ids) <= context_length:
            raise ValueError(
                f"the text has {len(self.ids)} tokens, and a window of {context_length} with the "
                f"next one needs {context_length + 1}: give a longer text, or a shorter context"
            )
        if self.ids.is_floating_point():
            raise ValueError(f"ids are {self.ids.dtype}: give whole numbers, as a tokenizer does")

    def __len__(self) -> int:
        return (len(self.ids) - 1 - self.context_length) // self.stride + 1

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor]:
        if not 0 <= i < len(self):
            raise IndexError(f"window {i} of {len(self)}: ask for 0 to {len(self) - 1}")
        start = i * self.stride
        piece = self.ids[start : start + self.context_length + 1].long()  # (T+1)
        return piece[:-1], piece[1:]
