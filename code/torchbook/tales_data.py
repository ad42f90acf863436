"""Tales as a model reads them: ids of whole tales, and the loss that no model can beat.

Chapter: distributed.
"""

import math
from typing import Any, NamedTuple

from torchbook.bpe import BPE
from torchbook.bpe_training import train_bpe
from torchbook.tales import tales
from torchbook.tales_words import Language

START = "\n"  # what the first word of a tale follows, as if another had just ended


class TalesData(NamedTuple):
    """Lists of ids to train on and to evaluate with, and the loss on these that none can beat.

    Chapter: distributed.
    """

    tokenizer: BPE
    train: Any  # list[list[int]], which a DataLoader takes as a dataset, but mypy does not
    validation: Any
    bound: float  # nats per token

    @property
    def longest(self) -> int:
        return max(map(len, self.train + self.validation))


def tales_data(language: Language, n: int, vocab_size: int) -> TalesData:
    """n tales to train on and, of another seed, a twentieth as many to evaluate with.

    The bound is the loss of the one who knows the grammar: it gives each tale's true probability.
    It holds for any way of cutting up the text, but its nats per token are of this one.
    ValueError as `train_bpe`, and without tales.  Chapter: distributed.

    >>> tales_data("en", n=20, vocab_size=300).bound > 0
    True
    """
    if n < 1:
        raise ValueError(f"{n} tales: give at least one to train on")
    told, unseen = [*tales(n, seed=0)], [*tales(math.ceil(n / 20), seed=1)]
    texts = [[START + tale.text(language) for tale in each] for each in (told, unseen)]
    tokenizer = train_bpe("".join(texts[0][:2000]), vocab_size)
    train, validation = ([tokenizer.encode(text) for text in each] for each in texts)
    tokens = sum(len(ids) - 1 for ids in validation)
    return TalesData(tokenizer, train, validation, -sum(tale.log_prob for tale in unseen) / tokens)
