"""Attention knows no order: the three ways in which a model is told where each token stands.

A *learned* position is a row of an `nn.Embedding`, and needs no code of its own.
Dimensions: B batch, T sequence, C d_model, H n_head, D head_dim.  Chapter: transformer.
"""

import torch
from torch import Tensor


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


def _angles(positions: Tensor, width: int, base: float) -> Tensor:
    """positions (..., T), an even width W -> (..., T, W/2) float32."""
    if width % 2:
        raise ValueError(f"a width of {width} cannot be cut into pairs: make it even")
    exponents = torch.arange(0, width, 2, device=positions.device) / width  # (W/2)
    return positions[..., None] * (1.0 / base**exponents)  # (..., T, W/2)
