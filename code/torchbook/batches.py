"""Which examples a step learns from follows from the seed and the step, and from nothing else.

So the place in the data is the number of the step: there is nothing else to save, and a run goes on
with another number of processes on the same batches.  Chapter: checkpoints.
"""

import math
from collections.abc import Iterator

import numpy as np
from torch.utils.data import Sampler


class Batches(Sampler[list[int]]):
    """The batches of steps start, ..., stop - 1, as lists of indices: a `batch_sampler`.

    An epoch is a new order of all n examples, cut into batches of batch_size; the n % batch_size
    left over wait for another epoch.  Each process, of `world` many, gets every world-th example of
    a batch, in `parts` lists, one after another, which differ by at most one in length.
    ValueError for no data, a batch larger than the data, or one with too few examples to share.
    Chapter: checkpoints.

    >>> list(Batches(n=7, batch_size=3, seed=0, start=0, stop=3))
    [[2, 4, 3], [6, 5, 0], [1, 3, 6]]
    >>> list(Batches(n=7, batch_size=3, seed=0, start=1, stop=3))  # from its second step on
    [[6, 5, 0], [1, 3, 6]]
    >>> from torch.utils.data import DataLoader
    >>> loader = DataLoader(range(7), batch_sampler=Batches(7, 3, seed=0, start=0, stop=2))
    >>> [batch.tolist() for batch in loader]
    [[2, 4, 3], [6, 5, 0]]
    """

    def __init__(
        self,
        n: int,
        batch_size: int,
        seed: int,
        start: int,
        stop: int,
        parts: int = 1,
        rank: int = 0,
        world: int = 1,
    ) -> None:
        if n < 1:
            raise ValueError("there are no examples to learn from: give a dataset that has some")
        if batch_size > n:
            raise ValueError(
                f"batch_size={batch_size}, but there are only {n} examples: give at most "
                f"{n}, or more data"
            )
        if batch_size < parts * world:
            raise ValueError(
                f"batch_size={batch_size} cannot be shared by {world} processes with {parts} parts "
                f"each: give a batch_size of at least {parts * world}, or fewer parts"
            )
        self.n, self.batch_size, self.seed = n, batch_size, seed
        self.start, self.stop, self.parts, self.rank, self.world = start, stop, parts, rank, world

    def __len__(self) -> int:
        return (self.stop - self.start) * self.parts

    def __iter__(self) -> Iterator[list[int]]:
        of_epoch = -1
        for step in range(self.start, self.stop):
            epoch, place = divmod(step, self.n // self.batch_size)
            if epoch != of_epoch:
                order, of_epoch = self.order(epoch), epoch
            batch = order[place * self.batch_size :][: self.batch_size]
            for part in np.array_split(batch[self.rank :: self.world], self.parts):
                yield part.tolist()

    def order(self, epoch: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
        """The order of the examples in that epoch; PyTorch's generators are left alone.

        NumPy mixes both numbers; `torch.Generator` keeps only 32 bits of a seed, too few for two.
        """
        return np.random.default_rng([self.seed, epoch]).permutation(self.n)


def shares(n: int, batch_size: int, rank: int = 0, world: int = 1) -> list[list[int]]:
    """The batches in which a process of `world` many looks at its share of n examples, in order.

    Each example is in one batch of one process, and all have as many batches, as FSDP asks for.
    ValueError for fewer examples than processes.  Chapter: distributed.

    >>> shares(5, batch_size=2)
    [[0, 1], [2, 3], [4]]
    >>> shares(5, batch_size=2, rank=0, world=2), shares(5, batch_size=2, rank=1, world=2)
    ([[0, 2], [4]], [[1], [3]])
    """
    if n < world:
        raise ValueError(
            f"{n} examples cannot be shared by {world} processes: give at least {world}, or start "
            f"fewer processes"
        )
    batches = min(math.ceil(n / batch_size), n // world)
    return [part.tolist() for part in np.array_split(np.arange(rank, n, world), batches)]
