"""Llama: the decoder of today's open models, which is GPT with four parts exchanged.

RMSNorm, rotary positions, SwiGLU, and queries that share keys and values in groups; no biases.
Dimensions: B batch, T new positions, Tk all positions so far, C d_model, H n_head, D head_dim.
Source: Touvron et al. (2023), section 2.2; Ainslie et al. (2023) for the groups.
Chapter: pretrained.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from torchbook.attention import Cache, attend, split
from torchbook.layers import SwiGLU, initialize
from torchbook.positions import positions_of, rotary, rotate

Turn = tuple[Tensor, Tensor]  # cosines and sines, each (B or 1, 1, T, D), one for all layers


@dataclass(frozen=True)
class LlamaConfig:
    """The sizes of a Llama.

    `n_kv_head` heads of keys and values serve `n_head` heads of queries; the slowest of the rotary
    positions turns by about 1 / `rope_base` a token; a `tied` model reads and writes with one table
    of embeddings.  ValueError where the heads do not divide.  Chapter: pretrained.

    >>> LlamaConfig(96, 128, d_model=64, n_head=4, n_kv_head=2, n_layer=2, d_ff=176).head_dim
    16
    """

    vocab_size: int
    context_length: int
    d_model: int
    n_head: int
    n_kv_head: int
    n_layer: int
    d_ff: int
    rope_base: float = 10_000.0
    eps: float = 1e-5
    tied: bool = False

    def __post_init__(self) -> None:
        split(self.d_model, self.n_head)
        if self.n_kv_head < 1 or self.n_head % self.n_kv_head:
            heads = f"n_head={self.n_head} is not a multiple of n_kv_head={self.n_kv_head}"
            raise ValueError(f"{heads}: choose groups of equal size")

    @property
    def head_dim(self) -> int:
        return split(self.d_model, self.n_head)


class GroupedAttention(nn.Module):
    """Causal attention with fewer heads of keys and values than of queries, turned by position.

    The cache shrinks by n_head / n_kv_head.  Chapter: pretrained.

    >>> import torch
    >>> config = LlamaConfig(96, 16, d_model=8, n_head=4, n_kv_head=2, n_layer=2, d_ff=22)
    >>> turn = rotary(torch.arange(5), config.head_dim)
    >>> GroupedAttention(config)(torch.randn(2, 5, 8), turn).shape
    torch.Size([2, 5, 8])
    """

    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        self.head_dim = config.head_dim
        self.heads = config.n_head, config.n_kv_head, config.n_kv_head
        self.qkv = nn.Linear(config.d_model, sum(self.heads) * self.head_dim, bias=False)
        self.out = nn.Linear(config.d_model, config.d_model, bias=False)

    def forward(
        self, x: Tensor, turn: Turn, mask: Tensor | None = None, cache: Cache | None = None
    ) -> Tensor:
        """x (B, T, C), mask broadcastable to (B, 1, T, Tk) -> (B, T, C)."""
        B, T, C = x.shape
        heads = self.qkv(x).view(B, T, -1, self.head_dim).transpose(1, 2)  # (B, H + 2 Hkv, T, D)
        turned = rotate(heads[:, : -self.heads[2]], *turn)  # q and k at once
        (q, k), v = turned.split(self.heads[:2], dim=1), heads[:, -self.heads[2] :]
        if cache is not None:
            k, v = cache.append(k, v)
        y = attend(q, k, v, mask, causal=True)  # (B, H, T, D)
        return self.out(y.transpose(1, 2).reshape(B, T, C))


class LlamaBlock(nn.Module):
    """Attention, then SwiGLU, each normalized before, added after.  Chapter: pretrained.

    >>> import torch
    >>> config = LlamaConfig(96, 16, d_model=8, n_head=4, n_kv_head=2, n_layer=2, d_ff=22)
    >>> LlamaBlock(config)(torch.randn(2, 5, 8), rotary(torch.arange(5), config.head_dim)).shape
    torch.Size([2, 5, 8])
    """

    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        self.attention_norm = nn.RMSNorm(config.d_model, config.eps)
        self.attention = GroupedAttention(config)
        self.feed_forward_norm = nn.RMSNorm(config.d_model, config.eps)
        self.feed_forward = SwiGLU(config.d_model, config.d_ff)

    def forward(
        self, x: Tensor, turn: Turn, mask: Tensor | None = None, cache: Cache | None = None
    ) -> Tensor:
        x = x + self.attention(self.attention_norm(x), turn, mask, cache)
        return x + self.feed_forward(self.feed_forward_norm(x))


class Llama(nn.Module):
    """Each position's logits of the token that comes next.  Chapter: pretrained.

    >>> import torch
    >>> config = LlamaConfig(96, 16, d_model=8, n_head=4, n_kv_head=2, n_layer=2, d_ff=22)
    >>> Llama(config)(torch.zeros(2, 5, dtype=torch.int64)).shape
    torch.Size([2, 5, 96])
    """

    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(config.vocab_size, config.d_model)
        self.blocks = nn.ModuleList(LlamaBlock(config) for _ in range(config.n_layer))
        self.norm = nn.RMSNorm(config.d_model, config.eps)
        self.unembed = nn.Linear(config.d_model, config.vocab_size, bias=False)
        initialize(self)
        if config.tied:
            self.unembed.weight = self.embed.weight

    def new_cache(self) -> list[Cache]:
        """What `forward` fills when a text is generated token by token: one `Cache` a layer."""
        return [Cache() for _ in self.blocks]

    def forward(
        self, ids: Tensor, mask: Tensor | None = None, cache: list[Cache] | None = None
    ) -> Tensor:
        """ids (B, T), mask (B, Tk) True = real token -> logits (B, T, V).

        With a cache, ids are the T newest of Tk positions.  Padding, on either side, changes
        nothing; its own logits mean nothing.  ValueError as `positions_of`.
        """
        seen = 0 if cache is None else len(cache[0])
        positions = positions_of(ids, mask, seen, self.config.context_length)  # (B or 1, T)
        turn = rotary(positions[:, None], self.config.head_dim, self.config.rope_base)
        attended = None if mask is None else mask[:, None, None]  # one row for all heads, queries
        x = self.embed(ids)  # (B, T, C)
        for i, block in enumerate(self.blocks):
            x = block(x, turn, attended, None if cache is None else cache[i])
        return self.unembed(self.norm(x))
