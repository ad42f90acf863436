"""Which token comes next: the likeliest, or one drawn, with the unlikely ones left out or not.

Dimensions: B texts, V vocabulary.  Chapter: generation.
"""

import math
from typing import TypedDict

import torch
from torch import Tensor


class Choice(TypedDict, total=False):
    """What `choose` may be told.  Chapter: generation."""

    temperature: float
    top_k: int | None
    top_p: float | None
    generator: torch.Generator | None


def keep_top_k(logits: Tensor, k: int) -> Tensor:
    """All but the k largest logits become -inf: (..., V) -> same; ties with the k-th stay.

    Source: Fan, Lewis and Dauphin (2018), section 5.  Chapter: generation.

    >>> keep_top_k(torch.tensor([1.0, 3.0, 2.0]), k=2).tolist()
    [-inf, 3.0, 2.0]
    """
    if k < 1:
        raise ValueError(f"top_k={k} leaves no token to choose: give 1 or more")
    kth = logits.topk(min(k, logits.size(-1))).values[..., -1:]  # (..., 1)
    return logits.masked_fill(logits < kth, -math.inf)


def keep_top_p(logits: Tensor, p: float) -> Tensor:
    """Only the fewest most likely tokens whose probabilities reach p stay: (..., V) -> same.

    Source: Holtzman et al. (2020), section 3.1.  Chapter: generation.

    >>> keep_top_p(torch.tensor([2.0, 5.0, 3.0]).log(), p=0.6).exp().round().tolist()
    [0.0, 5.0, 3.0]
    """
    if not 0 < p <= 1:
        raise ValueError(f"top_p={p} is no share of the probability: give one in (0, 1]")
    falling, order = logits.sort(dim=-1, descending=True)
    probabilities = falling.softmax(dim=-1)
    before = probabilities.cumsum(dim=-1) - probabilities  # what the likelier tokens have
    falling = falling.masked_fill(before >= p, -math.inf)
    return torch.empty_like(logits).scatter_(-1, order, falling)


def choose(
    logits: Tensor,
    temperature: float = 0.0,
    top_k: int | None = None,
    top_p: float | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """The next token of each text: logits (B, V) -> (B) int64.

    Temperature 0 takes the likeliest; 1 draws from the model's own probabilities; between, the
    likely become likelier.  ValueError for a negative one.  Chapter: generation.

    >>> choose(torch.tensor([[0.0, 9.0], [9.0, 0.0]])).tolist()
    [1, 0]
    """
    if temperature == 0:
        return logits.argmax(dim=-1)
    if not temperature > 0:
        raise ValueError(f"temperature={temperature} would prefer the unlikely: give 0 or more")
    logits = logits / temperature
    if top_k is not None:
        logits = keep_top_k(logits, top_k)
    if top_p is not None:
        logits = keep_top_p(logits, top_p)
    return logits.softmax(dim=-1).multinomial(1, generator=generator).squeeze(-1)  # (B)
