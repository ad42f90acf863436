"""Data that comes with an installed package, and the three parts of any data.

No download, the same numbers everywhere.  `torchbook.tables` has rows of numbers, `torchbook.text`
a reader's own file, `torchbook.number_names` pairs to translate, `torchbook.padding` batches of
texts of different lengths.  Chapter: training.
"""

from importlib.metadata import distribution
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import torch
from torch.utils.data import Dataset, Subset, TensorDataset

Example = TypeVar("Example")
Part = TypeVar("Part")


class Splits(NamedTuple, Generic[Part]):
    """Three parts of one dataset that share no example."""

    train: Part
    validation: Part
    test: Part


def digits(seed: int = 0) -> Splits[TensorDataset]:
    """1,797 real handwritten digits, split 1,197 / 300 / 300 at random.

    Each example is an image (8, 8) float32 in [0, 1] and a label () int64 in 0..9.  The split
    depends on `seed` alone, not on PyTorch's global generator.  The same 13 people wrote all three
    parts: the test part measures new digits, not new hands.
    Source: Alpaydin and Kaynak (1998), Optical Recognition of Handwritten Digits, its test part, as
    scikit-learn ships it.  Chapter: training.

    >>> [len(part) for part in digits()]
    [1197, 300, 300]
    """
    shipped = distribution("scikit-learn")  # to import it takes half a second and 80 MB
    path = shipped.locate_file("sklearn/datasets/data/digits.csv.gz")
    rows = torch.from_numpy(np.loadtxt(str(path), delimiter=","))  # (N, 64 pixels and a label)
    images = rows[:, :64].float().view(-1, 8, 8) / 16  # (N, 8, 8)
    targets = rows[:, 64].long()  # (N)
    order = shuffled(len(images), seed)
    return Splits(*(TensorDataset(images[i], targets[i]) for i in order.split([1197, 300, 300])))


def split(
    dataset: Dataset[Example],
    fractions: tuple[float, float, float] = (0.8, 0.1, 0.1),
    seed: int = 0,
) -> Splits[Subset[Example]]:
    """Any dataset with a length, cut at random into training, validation and test.

    No example is in two parts; what the fractions leave over is in none.  The cut depends on `seed`
    and the length alone.  Cut a long text into pieces *before* `torchbook.text.Windows`: windows
    overlap, and would be in two parts.  ValueError for fractions that are not positive or exceed 1
    together, and for a part that would be empty.  Chapter: data.

    >>> [len(part) for part in split(range(20), fractions=(0.5, 0.25, 0.25))]
    [10, 5, 5]
    """
    if len(fractions) != 3 or min(fractions) <= 0 or sum(fractions) > 1 + 1e-9:
        raise ValueError(
            f"fractions {fractions}: give three, for training, validation and test, each above 0, "
            "that sum to at most 1"
        )
    n = length(dataset)
    ends = [round(n * sum(fractions[: i + 1])) for i in range(3)]
    sizes = [ends[0], ends[1] - ends[0], ends[2] - ends[1]]
    if not all(sizes):
        raise ValueError(
            f"{n} examples, cut by {fractions}, make parts of {sizes}: each needs at least one; "
            "give more examples, or larger fractions"
        )
    order = shuffled(n, seed).tolist()
    starts = [0, *ends]
    return Splits(*(Subset(dataset, order[starts[i] : ends[i]]) for i in range(3)))


def shuffled(n: int, seed: int) -> torch.Tensor:
    """0, ..., n - 1 in the order that a seed gives, whatever PyTorch's own generators did.

    >>> shuffled(5, seed=0).tolist() == shuffled(5, seed=0).tolist()
    True
    """
    own = torch.Generator().manual_seed(seed)
    return torch.randperm(n, generator=own, device="cpu")


def length(dataset: Dataset[Example]) -> int:
    """How many examples there are.

    >>> length(TensorDataset(torch.zeros(3)))
    3
    """
    return len(dataset)  # type: ignore[arg-type]  # Dataset promises no length, and most have one
