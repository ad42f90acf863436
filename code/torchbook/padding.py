"""Texts of different lengths in one batch: padding at the end, and what must not look at it.

Give one of the two last functions to a loader: `DataLoader(dataset, 32, collate_fn=...)`.
Dimensions: B texts, T the longest of them.  Chapter: data.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

Ids = Tensor | Sequence[int]
IGNORED = -100  # the target that PyTorch's cross-entropy leaves out


def pad(texts: Sequence[Ids], value: int = 0) -> tuple[Tensor, Tensor]:
    """Texts of ids, filled up at the end: ids (B, T) int64, mask (B, T) bool, True = real token.

    `value` may be a true id elsewhere: only the mask knows.  ValueError for no texts, or an empty
    one, which would leave a row without anything to attend to.  Chapter: data.

    >>> ids, mask = pad([[5, 6, 7], [8]])
    >>> ids.tolist(), mask.sum(dim=1).tolist()
    ([[5, 6, 7], [8, 0, 0]], [3, 1])
    """
    rows = [torch.as_tensor(text) for text in texts]
    if not rows:
        raise ValueError("no texts to pad: give at least one")
    for i, row in enumerate(rows):
        if row.dim() != 1 or not len(row) or row.is_floating_point():
            raise ValueError(
                f"text {i} is {row.dtype} of shape {tuple(row.shape)}: give a list of ids, with at "
                "least one"
            )
    ids = pad_sequence([row.long() for row in rows], batch_first=True, padding_value=value)
    lengths = torch.tensor([len(row) for row in rows])  # (B)
    mask = torch.arange(ids.size(1)) < lengths[:, None]  # (B, T)
    return ids, mask


def language_batch(texts: Sequence[Ids]) -> tuple[Tensor, Tensor]:
    """Whole texts for a language model: ids (B, T), and targets (B, T), the ids one place later.

    T is one less than the longest text has.  The targets are -100 where there is no next token.  A
    causal model needs no mask: what it is asked for comes before the padding.  ValueError for a
    text of fewer than two ids, which has nothing to predict.  Chapter: language-models.

    >>> ids, targets = language_batch([[5, 6, 7, 8], [9, 1]])
    >>> ids.tolist(), targets.tolist()
    ([[5, 6, 7], [9, 0, 0]], [[6, 7, 8], [1, -100, -100]])
    """
    for i, text in enumerate(texts):
        if len(text) < 2:
            raise ValueError(
                f"text {i} has {len(text)} ids: give two or more, one to read and one to predict"
            )
    ids, _ = pad([text[:-1] for text in texts])
    targets, _ = pad([text[1:] for text in texts], IGNORED)
    return ids, targets


def translation_batch(pairs: Sequence[tuple[Ids, Ids]]) -> tuple[Tensor, Tensor, Tensor]:
    """Pairs of texts: ids (B, Tk) and mask (B, Tk) of the sources, targets (B, T).

    The targets are -100 where there is no token; `torchbook.encoder_decoder.shift_right` makes of
    them what the decoder reads.  ValueError as `pad`.  Chapter: translation.

    >>> ids, mask, targets = translation_batch([([5, 6], [7, 8, 9]), ([4], [3])])
    >>> ids.tolist(), targets.tolist()
    ([[5, 6], [4, 0]], [[7, 8, 9], [3, -100, -100]])
    """
    ids, mask = pad([source for source, _ in pairs])
    targets, _ = pad([target for _, target in pairs], IGNORED)
    return ids, mask, targets
