"""Attention, from one weighted average to the layers of GPT, BERT, BART and Llama.

Dimensions: B batch, T sequence (Tq queries, Tk keys), C d_model, H n_head, D head_dim (C = H * D).
Everywhere a mask is bool and True = may attend, as in `F.scaled_dot_product_attention`.
Chapter: attention.  Source: Vaswani et al. (2017), sections 3.2.1 and 3.2.2.
"""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def causal_mask(T: int, device: torch.device | None = None) -> Tensor:
    """(T, T) bool: True where query t may attend to key s, that is where s <= t.

    Chapter: attention.

    >>> causal_mask(3).int().tolist()
    [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    """
    return torch.ones(T, T, dtype=torch.bool, device=device).tril()


def attention_weights(q: Tensor, k: Tensor, mask: Tensor | None = None) -> Tensor:
    """How much each query attends to each key: every row is a probability distribution.

    q (..., Tq, D), k (..., Tk, D) -> (..., Tq, Tk).  A row of the mask that is all False yields
    zeros, as in `F.scaled_dot_product_attention`.  ValueError for a mask that is not bool, or that
    has another shape.
    Source: Vaswani et al. (2017), equation 1.  Chapter: attention.

    >>> attention_weights(torch.zeros(1, 2), torch.randn(4, 2)).tolist()
    [[0.25, 0.25, 0.25, 0.25]]
    """
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))  # (..., Tq, Tk)
    if mask is None:
        return scores.softmax(dim=-1)
    _check(mask, scores.shape)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1).masked_fill(~mask, 0.0)


class Cache:
    """The keys and values of the positions that one attention layer has seen.

    Chapter: generation.
    """

    def __init__(self) -> None:
        self.k: Tensor | None = None
        self.v: Tensor | None = None

    def __len__(self) -> int:
        return 0 if self.k is None else self.k.size(-2)

    def append(self, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """New k and v (B, H, T, D) -> all so far (B, H, seen + T, D).

        >>> cache, new = Cache(), torch.zeros(1, 2, 3, 4)
        >>> [cache.append(new, new)[0].shape[2] for _ in range(2)]
        [3, 6]
        """
        if self.k is not None and self.v is not None:
            k, v = torch.cat((self.k, k), dim=-2), torch.cat((self.v, v), dim=-2)
        self.k, self.v = k, v
        return k, v

    def keep(self, rows: Tensor) -> None:
        """Go on with these sequences of the batch, in this order: rows (N) int64, repeats allowed.

        >>> cache, new = Cache(), torch.zeros(1, 2, 3, 4)
        >>> _ = cache.append(new, new)
        >>> cache.keep(torch.tensor([0, 0]))
        >>> cache.k.shape
        torch.Size([2, 2, 3, 4])
        """
        if self.k is not None and self.v is not None:
            self.k, self.v = self.k[rows], self.v[rows]


class Head(nn.Module):
    """One head: what is looked for, what it is found by, and what is passed on.

    x (B, T, C) -> (B, T, D).  Chapter: attention.

    >>> Head(d_model=8, head_dim=4)(torch.randn(2, 5, 8)).shape
    torch.Size([2, 5, 4])
    """

    def __init__(self, d_model: int, head_dim: int) -> None:
        super().__init__()
        self.q = nn.Linear(d_model, head_dim)
        self.k = nn.Linear(d_model, head_dim)
        self.v = nn.Linear(d_model, head_dim)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        return attention_weights(self.q(x), self.k(x), mask) @ self.v(x)


class HeadsInALoop(nn.Module):
    """Heads one after another, side by side: what `SelfAttention` computes at once.

    x (B, T, C), mask broadcastable to (B, T, T) -> (B, T, C).  Chapter: attention.

    >>> HeadsInALoop(d_model=8, n_head=2)(torch.randn(2, 5, 8)).shape
    torch.Size([2, 5, 8])
    """

    def __init__(self, d_model: int, n_head: int) -> None:
        super().__init__()
        head_dim = split(d_model, n_head)
        self.heads = nn.ModuleList(Head(d_model, head_dim) for _ in range(n_head))
        self.out = nn.Linear(d_model, d_model)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        return self.out(torch.cat([head(x, mask) for head in self.heads], dim=-1))


class SelfAttention(nn.Module):
    """Multi-head self-attention, fused: causal for GPT; for BERT not, with a padding mask.

    Chapter: attention.

    >>> layer = SelfAttention(d_model=8, n_head=2, causal=True)
    >>> layer(torch.randn(2, 5, 8)).shape
    torch.Size([2, 5, 8])
    """

    def __init__(self, d_model: int, n_head: int, *, causal: bool, p_drop: float = 0.0) -> None:
        super().__init__()
        self.head_dim, self.causal, self.p_drop = split(d_model, n_head), causal, p_drop
        self.qkv = nn.Linear(d_model, 3 * d_model)
        self.out = nn.Linear(d_model, d_model)

    def forward(self, x: Tensor, mask: Tensor | None = None, cache: Cache | None = None) -> Tensor:
        """x (B, T, C), mask broadcastable to (B, 1, T, Tk) bool -> (B, T, C).

        With a cache, the queries also attend to the Tk - T positions in it, which come before.
        """
        B, T, C = x.shape
        parts = self.qkv(x).view(B, T, 3, -1, self.head_dim).unbind(2)
        q, k, v = (part.transpose(1, 2) for part in parts)  # (B, H, T, D) each
        if cache is not None:
            k, v = cache.append(k, v)
        y = attend(q, k, v, mask, causal=self.causal, p_drop=self.p_drop * self.training)
        return self.out(y.transpose(1, 2).reshape(B, T, C))


class CrossAttention(nn.Module):
    """The decoder's queries attend to another sequence, the encoder's output.

    Chapter: transformer.

    >>> CrossAttention(d_model=8, n_head=2)(torch.randn(2, 3, 8), torch.randn(2, 5, 8)).shape
    torch.Size([2, 3, 8])
    """

    def __init__(self, d_model: int, n_head: int, *, p_drop: float = 0.0) -> None:
        super().__init__()
        self.head_dim, self.p_drop = split(d_model, n_head), p_drop
        self.q = nn.Linear(d_model, d_model)
        self.kv = nn.Linear(d_model, 2 * d_model)
        self.out = nn.Linear(d_model, d_model)

    def forward(
        self, x: Tensor, source: Tensor, mask: Tensor | None = None, cache: Cache | None = None
    ) -> Tensor:
        """x (B, Tq, C), source (B, Tk, C), mask broadcastable to (B, 1, Tq, Tk) -> (B, Tq, C).

        A cache keeps the keys and values of the source, which are the same at every step.
        """
        B, Tq, C = x.shape
        q = self.q(x).view(B, Tq, -1, self.head_dim).transpose(1, 2)  # (B, H, Tq, D)
        if cache is not None and cache.k is not None and cache.v is not None:
            k, v = cache.k, cache.v
        else:
            parts = self.kv(source).view(B, source.size(1), 2, -1, self.head_dim).unbind(2)
            k, v = (part.transpose(1, 2) for part in parts)  # (B, H, Tk, D) each
            if cache is not None:
                cache.append(k, v)
        y = attend(q, k, v, mask, p_drop=self.p_drop * self.training)
        return self.out(y.transpose(1, 2).reshape(B, Tq, C))


def attend(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    mask: Tensor | None = None,
    *,
    causal: bool = False,
    p_drop: float = 0.0,
) -> Tensor:
    """`attention_weights(q, k, mask) @ v` by PyTorch's fused operation.

    q (B, H, Tq, D), k and v (B, Hkv, Tk, D), mask broadcastable to (B, H, Tq, Tk) -> (B, H, Tq, D).
    Causal queries are the last Tq of the Tk positions.  With fewer key heads than query heads, each
    serves H / Hkv neighbours (grouped queries: Ainslie et al., 2023).  ValueError for a mask as in
    `attention_weights`.  Chapter: attention.

    >>> q, k = torch.randn(1, 4, 3, 8), torch.randn(1, 2, 5, 8)
    >>> attend(q, k, k, causal=True).shape
    torch.Size([1, 4, 3, 8])
    """
    Tq, Tk = q.size(-2), k.size(-2)
    if mask is not None:
        _check(mask, (*q.shape[:-1], Tk))
    alone = mask is None and Tq == Tk  # then PyTorch need not even build the mask
    if causal and not alone and Tq > 1:  # one query, the last, sees everything
        past = causal_mask(Tk, q.device)[Tk - Tq :]  # (Tq, Tk)
        mask = past if mask is None else past & mask
    grouped = q.size(-3) != k.size(-3)
    return F.scaled_dot_product_attention(
        q, k, v, mask, p_drop, is_causal=causal and alone and Tq > 1, enable_gqa=grouped
    )


def split(d_model: int, n_head: int) -> int:
    """The width of one head; ValueError if the heads do not share d_model equally.

    >>> split(d_model=8, n_head=2)
    4
    """
    if n_head < 1 or d_model % n_head:
        raise ValueError(
            f"d_model={d_model} is not a multiple of n_head={n_head}: choose heads that divide it"
        )
    return d_model // n_head


def _check(mask: Tensor, shape: Sequence[int]) -> None:
    """PyTorch would add a mask of numbers to the scores; here only bool is a mask."""
    if mask.dtype != torch.bool:
        raise ValueError(f"the mask is {mask.dtype}: make it bool, True = may attend")
    sizes = zip(reversed(mask.shape), reversed(shape), strict=False)
    if mask.dim() > len(shape) or any(size not in (1, wanted) for size, wanted in sizes):
        raise ValueError(
            f"a mask of shape {tuple(mask.shape)} does not fit scores of shape {tuple(shape)}: "
            "give each dimension that size or 1"
        )
