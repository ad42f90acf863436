"""Data that comes with an installed package: no download, the same numbers everywhere.

Chapter: training.
"""

from typing import NamedTuple

import torch
from torch.utils.data import TensorDataset


class Splits(NamedTuple):
    """Three parts of one dataset that share no example."""

    train: TensorDataset
    validation: TensorDataset
    test: TensorDataset


def digits(seed: int = 0) -> Splits:
    """1,797 real handwritten digits, split 1,197 / 300 / 300 at random.

    Each example is an image (8, 8) float32 in [0, 1] and a label () int64 in 0..9.  The split
    depends on `seed` alone, not on PyTorch's global generator.  The same 13 people wrote all three
    parts: the test part measures new digits, not new hands.
    Source: Alpaydin and Kaynak (1998), Optical Recognition of Handwritten Digits, its test part, as
    scikit-learn ships it.  Chapter: training.

    >>> [len(part) for part in digits()]
    [1197, 300, 300]
    """
    from sklearn.datasets import load_digits  # half a second, paid by those who ask for digits

    pixels, labels = load_digits(return_X_y=True)
    images = torch.tensor(pixels, dtype=torch.float32).view(-1, 8, 8) / 16  # (N, 8, 8)
    targets = torch.tensor(labels, dtype=torch.int64)  # (N)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
    return Splits(*(TensorDataset(images[i], targets[i]) for i in order.split([1197, 300, 300])))
