"""GPT: embeddings, causal blocks, and the embeddings again to score the token that comes next.

Dimensions: B batch, T new positions, Tk all positions so far, C d_model, V vocabulary.
Source: Radford et al. (2018), section 3.1, and (2019), section 2.3.  Chapter: gpt.
"""

import math
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor, nn

from torchbook.attention import Cache, split
from torchbook.layers import Block, initialize
from torchbook.positions import positions_of


@dataclass(frozen=True)
class GPTConfig:
    """The sizes of a GPT.  ValueError if the heads do not share d_model equally.  Chapter: gpt.

    >>> GPTConfig(vocab_size=96, context_length=128, d_model=128, n_head=4, n_layer=4).p_drop
    0.0
    """

    vocab_size: int
    context_length: int
    d_model: int
    n_head: int
    n_layer: int
    p_drop: float = 0.0

    def __post_init__(self) -> None:
        split(self.d_model, self.n_head)


class GPT(nn.Module):
    """Each position's logits of the token that comes next, which it never sees.

    Weights start as GPT-2's: normal with deviation 0.02, and those that write to the stream of
    vectors smaller, so that 2 n_layer additions do not widen it.  The table of embeddings is also
    the last layer.  Chapter: gpt.

    >>> import torch
    >>> model = GPT(GPTConfig(vocab_size=96, context_length=8, d_model=16, n_head=2, n_layer=2))
    >>> model(torch.zeros(2, 5, dtype=torch.int64)).shape
    torch.Size([2, 5, 96])
    """

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(config.vocab_size, config.d_model)
        self.position = nn.Embedding(config.context_length, config.d_model)
        self.drop = nn.Dropout(config.p_drop)
        self.blocks = nn.ModuleList(
            Block(
                config.d_model, config.n_head, causal=True, approximate="tanh", p_drop=config.p_drop
            )
            for _ in range(config.n_layer)
        )
        self.norm = nn.LayerNorm(config.d_model)
        initialize(self)
        for name, weight in self.named_parameters():
            if name.endswith(("attention.out.weight", "feed_forward.down.weight")):
                nn.init.normal_(weight, std=0.02 / math.sqrt(2 * config.n_layer))

    def new_cache(self) -> list[Cache]:
        """What `forward` fills when a text is generated token by token: one `Cache` a layer."""
        return [Cache() for _ in self.blocks]

    def forward(
        self, ids: Tensor, mask: Tensor | None = None, cache: list[Cache] | None = None
    ) -> Tensor:
        """ids (B, T) int, mask (B, Tk) bool, True = real token -> logits (B, T, V).

        With a cache, ids are the T newest of Tk positions.  Positions count real tokens only, so
        that padding changes nothing; the logits of padding mean nothing.  ValueError as
        `positions_of`; an id outside the vocabulary is an IndexError on a CPU.
        """
        seen = len(cache[0]) if cache else 0
        positions = positions_of(ids, mask, seen, self.config.context_length)  # (B or 1, T)
        x = self.drop(self.embed(ids) + self.position(positions))  # (B, T, C)
        padding = None if mask is None else mask[:, None, None]  # (B, 1, 1, Tk)
        for i, block in enumerate(self.blocks):
            x = block(x, padding, cache=(cache[i], None) if cache else None)
        return F.linear(self.norm(x), self.embed.weight)  # the embeddings again
