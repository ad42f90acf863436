"""Attention knows no order: the four ways in which a model is told where each token stands.

A *learned* position is a row of an `nn.Embedding`, and needs no code of its own.
Dimensions: B batch, T sequence, C d_model, H n_head, D head_dim.  Chapter: transformer.
"""

import math

import torch
from torch import Tensor, nn


def positions_of(
    ids: Tensor, mask: Tensor | None = None, seen: int = 0, context_length: int | None = None
) -> Tensor:
    """Where each of the new tokens stands: (B, T), or (1, T) without a mask, int64, from 0.

    ids (B, T) come after `seen` earlier positions, mask (B, seen + T) bool is True at real tokens,
    which alone are counted: padding moves nothing, and gets some position that means nothing.
    ValueError for no token, for more than context_length, or for a mask of other shape or dtype.
    Chapter: generation.

    >>> ids = torch.tensor([[9, 9, 5, 7]])
    >>> positions_of(ids).tolist(), positions_of(ids, ids != 9).tolist()
    ([[0, 1, 2, 3]], [[0, 0, 0, 1]])
    """
    if ids.dim() != 2 or ids.numel() == 0:
        raise ValueError(f"ids of shape {tuple(ids.shape)}: give (B, T), one token or more")
    Tk = seen + ids.size(1)
    if context_length is not None and Tk > context_length:
        raise ValueError(f"{Tk} positions, but context_length={context_length}: cut the sequence")
    if mask is None:
        return torch.arange(seen, Tk, device=ids.device)[None]  # (1, T)
    check_padding(mask, (len(ids), Tk))
    return (mask.cumsum(dim=1) - 1).clamp(min=0)[:, seen:]  # (B, T)


def check_padding(mask: Tensor, shape: tuple[int, ...]) -> None:
    """ValueError for a mask of real tokens that is not bool, or of another shape.

    >>> check_padding(torch.ones(2, 3), (2, 3))
    Traceback (most recent call last):
    ValueError: the mask is torch.float32: make it bool, True = real token
    """
    if mask.dtype != torch.bool:
        raise ValueError(f"the mask is {mask.dtype}: make it bool, True = real token")
    if mask.shape != shape:
        raise ValueError(f"a mask of shape {tuple(mask.shape)}: give {tuple(shape)}, (B, Tk)")


def sinusoidal(T: int, d_model: int, device: torch.device | None = None) -> Tensor:
    """(T, C): sines and cosines of the position, of wavelengths from 2 pi to 20,000 pi.

    Column 2i is the sine and 2i + 1 the cosine of t / 10000^(2i / C).  ValueError if C is odd.
    Source: Vaswani et al. (2017), section 3.5.  Chapter: transformer.

    >>> sinusoidal(2, 4)[0].tolist()
    [0.0, 1.0, 0.0, 1.0]
    """
    angles = _angles(torch.arange(T, device=device), d_model, base=10_000.0)  # (T, C/2)
    return torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(-2)  # (T, C)


def rotary(positions: Tensor, head_dim: int, base: float = 10_000.0) -> tuple[Tensor, Tensor]:
    """The cosines and sines by which `rotate` turns queries and keys.

    positions (..., T) int -> two (..., T, D).  ValueError if head_dim is odd.
    Source: Su et al. (2021), section 3.2.2.  Chapter: transformer.

    >>> cos, sin = rotary(torch.arange(3), head_dim=4)
    >>> cos.shape, cos[0].tolist(), sin[0].tolist()
    (torch.Size([3, 4]), [1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0])
    """
    angles = _angles(positions, head_dim, base)  # (..., T, D/2)
    angles = torch.cat((angles, angles), dim=-1)  # (..., T, D)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn each pair (x_i, x_{i + D/2}) by its position's angle: x (B, H, T, D) -> (B, H, T, D).

    The result has the type of x, as half precision needs.
    Afterwards q @ k depends on how far apart the two positions are, not on where they stand.
    Source: Su et al. (2021), equation 34, in the pairing of Llama's weights.  Chapter: transformer.

    >>> x = torch.randn(1, 1, 1, 4)
    >>> turned = rotate(x, *rotary(torch.tensor([7]), head_dim=4))
    >>> torch.allclose(turned.norm(), x.norm())
    True
    """
    cos, sin = cos.to(x.dtype), sin.to(x.dtype)
    first, second = x.chunk(2, dim=-1)  # (B, H, T, D/2)
    return x * cos + torch.cat((-second, first), dim=-1) * sin  # (B, H, T, D)


class DistanceBias(nn.Module):
    """What T5 adds to the scores: a learned number for each head and distance, without positions.

    Near distances have a number each, farther ones share one: see `distance_bucket`.  A causal one
    is -inf ahead, another tells ahead from behind.
    Source: Raffel et al. (2020), section 2.1.  Chapter: transformer.

    >>> DistanceBias(n_head=2, causal=True)(Tq=3, Tk=5).shape
    torch.Size([1, 2, 3, 5])
    """

    def __init__(self, n_head: int, *, causal: bool, n_bucket: int = 32) -> None:
        super().__init__()
        self.causal = causal
        self.table = nn.Embedding(n_bucket, n_head)

    def forward(self, Tq: int, Tk: int) -> Tensor:
        """The last Tq of Tk positions are the queries: -> (1, H, Tq, Tk)."""
        places = torch.arange(Tk, device=self.table.weight.device)  # (Tk)
        ahead = places - places[Tk - Tq :, None]  # (Tq, Tk)
        if self.causal:
            buckets = distance_bucket(-ahead.clamp(max=0), self.table.num_embeddings)
            bias = self.table(buckets).masked_fill(ahead[..., None] > 0, float("-inf"))
        else:
            half = self.table.num_embeddings // 2
            bias = self.table(distance_bucket(ahead.abs(), half) + half * (ahead > 0))
        return bias.permute(2, 0, 1)[None]


def distance_bucket(distance: Tensor, n_bucket: int, far: int = 128) -> Tensor:
    """Distances 0, 1, 2, ... -> 0, 1, 2, ..., then ever wider buckets, the last from `far` on.

    Half of the buckets hold one distance each: (...) int -> (...) int in [0, n_bucket).
    Source: Raffel et al. (2020), section 2.1.  Chapter: transformer.

    >>> distance_bucket(torch.tensor([0, 3, 7, 8, 11, 12, 128, 9999]), n_bucket=16).tolist()
    [0, 3, 7, 8, 8, 9, 15, 15]
    """
    exact = n_bucket // 2
    share = torch.log(distance.clamp(min=exact) / exact) / math.log(far / exact)  # (...)
    wide = exact + (share * (n_bucket - exact)).long()  # (...)
    return torch.where(distance < exact, distance, wide.clamp(max=n_bucket - 1))


def _angles(positions: Tensor, width: int, base: float) -> Tensor:
    """positions (..., T), an even width W -> (..., T, W/2) float32."""
    if width % 2:
        raise ValueError(f"a width of {width} cannot be cut into pairs: make it even")
    exponents = torch.arange(0, width, 2, device=positions.device) / width  # (W/2)
    return positions[..., None] * (1.0 / base**exponents)  # (..., T, W/2)
