"""A language model that sees the last few tokens through a window, and learns their vectors.

Dimensions: B windows, n tokens in a window, C d_model, F d_hidden, V vocab_size, T a text.
Chapter: language-models.  Source: Bengio, Ducharme, Vincent and Jauvin (2003), section 2.
"""

import math
from dataclasses import dataclass

from torch import Tensor, nn


@dataclass(frozen=True)
class WindowLMConfig:
    """The sizes of a WindowLM: `context_length` is the number n of tokens that it sees.

    Chapter: language-models.

    >>> WindowLMConfig(vocab_size=96).context_length
    8
    """

    vocab_size: int
    context_length: int = 8
    d_model: int = 32
    d_hidden: int = 128


class WindowLM(nn.Module):
    """The logits of the next token from the n last ones, by an MLP on their vectors side by side.

    The order counts, since each place has its own weights; what left the window is forgotten.
    Bengio's optional direct path from the vectors to the logits is left out.  Until it has learned,
    its loss is about log V.  ids outside the vocabulary: IndexError from `nn.Embedding`, on a GPU
    an assert.  Chapter: language-models.

    >>> import torch
    >>> model = WindowLM(WindowLMConfig(vocab_size=10, context_length=3))
    >>> model(torch.zeros(5, 3, dtype=torch.int64)).shape
    torch.Size([5, 10])
    """

    def __init__(self, config: WindowLMConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.hidden = nn.Linear(config.context_length * config.d_model, config.d_hidden)
        self.head = nn.Linear(config.d_hidden, config.vocab_size)

    def forward(self, ids: Tensor) -> Tensor:
        """ids (B, n) int64 -> (B, V): one token after each window.  More axes before n may stand.

        ValueError if the windows are not of `context_length`.
        """
        n = self.config.context_length
        if ids.dim() == 0 or ids.size(-1) != n:
            raise ValueError(
                f"ids are {tuple(ids.shape)}, the window is of {n} tokens: cut them with "
                f"windows(ids, {n}), or give the last {n}"
            )
        vectors = self.embedding(ids).flatten(-2)  # (..., n*C)
        return self.head(self.hidden(vectors).tanh())


def windows(ids: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """Every window of n tokens, and the token after each: ids (..., T) -> (..., N, n), (..., N).

    There are N = T - n.  Both are views of `ids`: nothing is copied.  ValueError if no window fits.
    Chapter: language-models.

    >>> import torch
    >>> inputs, targets = windows(torch.tensor([1, 2, 3, 4]), n=2)
    >>> inputs.tolist(), targets.tolist()
    ([[1, 2], [2, 3]], [3, 4])
    """
    if n < 1 or ids.dim() == 0 or ids.size(-1) <= n:
        raise ValueError(
            f"ids {tuple(ids.shape)} hold no window of {n} tokens and the next: give over {n}"
        )
    every = ids.unfold(-1, n + 1, 1)  # (..., N, n+1)
    return every[..., :-1], every[..., -1]


def perplexity(nats: float) -> float:
    """Among how many equally likely tokens the model seems to choose: e to the loss.

    `nats` is a mean cross-entropy per token.  Of models with different tokens, compare bits per
    byte, not this.  inf for a loss beyond 709 nats.  Chapter: language-models.

    >>> round(perplexity(math.log(96)), 6)
    96.0
    """
    return math.exp(nats) if nats < 709 else math.inf


def bits(nats: float) -> float:
    """A loss in bits: how many yes-or-no questions a token is worth; one bit is log 2 nats.

    Chapter: language-models.

    >>> bits(math.log(8))
    3.0
    """
    return nats / math.log(2)
