"""What a transformer is built of besides attention: norms, feed-forward layers, and the block.

Dimensions: B batch, T sequence, C d_model, F d_ff.  Chapter: transformer.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from torchbook.attention import Cache, CrossAttention, SelfAttention


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """Each vector with mean 0 and standard deviation 1, then scaled and shifted: (..., C) -> same.

    It divides by the square root of the *biased* variance, the one that divides by C.  The models
    use `nn.LayerNorm`, the same numbers in one operation.
    Source: Ba, Kiros and Hinton (2016), equation 3.  Chapter: transformer.

    >>> layer_norm(torch.tensor([1.0, 3.0]), torch.ones(2), torch.zeros(2), eps=0.0).tolist()
    [-1.0, 1.0]
    """
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = centred.square().mean(dim=-1, keepdim=True)  # (..., 1)
    return centred / torch.sqrt(variance + eps) * weight + bias  # (..., C)


def rms_norm(x: Tensor, weight: Tensor, eps: float = 1e-6) -> Tensor:
    """Each vector with mean square 1, then scaled: (..., C) -> same.  The models use `nn.RMSNorm`.

    Source: Zhang and Sennrich (2019), equation 4.  Chapter: transformer.

    >>> rms_norm(torch.tensor([3.0, 4.0, 0.0, 0.0]), torch.ones(4), eps=0.0).tolist()
    [1.2000000476837158, 1.600000023841858, 0.0, 0.0]
    """
    return x / torch.sqrt(x.square().mean(dim=-1, keepdim=True) + eps) * weight


class FeedForward(nn.Module):
    """Two linear layers and a bend, for each position by itself: (B, T, C) -> (B, T, C).

    `approximate` is GELU's form: "none" (BERT, BART) or "tanh" (GPT-2); ValueError for another.
    Source: Vaswani et al. (2017), section 3.3; Hendrycks and Gimpel (2016).  Chapter: transformer.

    >>> FeedForward(d_model=4, d_ff=16)(torch.randn(2, 3, 4)).shape
    torch.Size([2, 3, 4])
    """

    def __init__(self, d_model: int, d_ff: int, approximate: str = "none") -> None:
        super().__init__()
        if approximate not in ("none", "tanh"):
            raise ValueError(
                f"approximate={approximate!r} is no form of GELU: say 'none' or 'tanh'"
            )
        self.up = nn.Linear(d_model, d_ff)
        self.down = nn.Linear(d_ff, d_model)
        self.approximate = approximate

    def forward(self, x: Tensor) -> Tensor:
        return self.down(F.gelu(self.up(x), approximate=self.approximate))


class SwiGLU(nn.Module):
    """A feed-forward layer whose inner values are let through by a gate: (B, T, C) -> (B, T, C).

    Source: Shazeer (2020), equation 6.  Chapter: transformer.

    >>> SwiGLU(d_model=4, d_ff=16)(torch.randn(2, 3, 4)).shape
    torch.Size([2, 3, 4])
    """

    def __init__(self, d_model: int, d_ff: int) -> None:
        super().__init__()
        self.gate = nn.Linear(d_model, d_ff, bias=False)
        self.up = nn.Linear(d_model, d_ff, bias=False)
        self.down = nn.Linear(d_ff, d_model, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down(F.silu(self.gate(x)) * self.up(x))


class Block(nn.Module):
    """One layer of a transformer: each part adds to the stream of vectors that passes by.

    An encoder's block is not causal, a decoder's is, and one with `cross` also attends to a source.
    `pre_norm` normalizes what enters each part (GPT-2), otherwise the sum is normalized (BERT).
    Source: Vaswani et al. (2017), section 3.1; Xiong et al. (2020) for the order.
    Chapter: transformer.

    >>> Block(d_model=8, n_head=2, causal=True)(torch.randn(2, 5, 8)).shape
    torch.Size([2, 5, 8])
    """

    def __init__(
        self,
        d_model: int,
        n_head: int,
        *,
        causal: bool,
        cross: bool = False,
        pre_norm: bool = True,
        d_ff: int | None = None,
        approximate: str = "none",
        p_drop: float = 0.0,
        eps: float = 1e-5,
    ) -> None:
        super().__init__()
        self.pre_norm = pre_norm
        self.attention = SelfAttention(d_model, n_head, causal=causal, p_drop=p_drop)
        self.attention_norm = nn.LayerNorm(d_model, eps)
        self.cross = CrossAttention(d_model, n_head, p_drop=p_drop) if cross else None
        self.cross_norm = nn.LayerNorm(d_model, eps) if cross else None
        self.feed_forward = FeedForward(d_model, d_ff or 4 * d_model, approximate)
        self.feed_forward_norm = nn.LayerNorm(d_model, eps)
        self.drop = nn.Dropout(p_drop)

    def forward(
        self,
        x: Tensor,
        mask: Tensor | None = None,
        source: Tensor | None = None,
        source_mask: Tensor | None = None,
        cache: tuple[Cache, Cache | None] | None = None,
    ) -> Tensor:
        """x (B, T, C), masks as the two attentions take them, source (B, Tk, C) -> (B, T, C).

        `cache` holds what self- and cross-attention remember, in this order.
        """
        mine, theirs = cache or (None, None)
        x = self._add(x, self.attention_norm, self.attention, mask, mine)
        if self.cross is not None and self.cross_norm is not None:
            x = self._add(x, self.cross_norm, self.cross, source, source_mask, theirs)
        return self._add(x, self.feed_forward_norm, self.feed_forward)

    def _add(self, x: Tensor, norm: nn.Module, part: nn.Module, *arguments: object) -> Tensor:
        y = part(norm(x) if self.pre_norm else x, *arguments)
        if self.training:  # a call less for each token that is generated
            y = self.drop(y)
        return x + y if self.pre_norm else norm(x + y)


def initialize(model: nn.Module, std: float = 0.02) -> None:
    """GPT-2's initial weights, in place: normal with deviation `std`, biases 0.

    The small weights make the first logits nearly equal, so the first loss is about log V.
    Source: Radford et al. (2019), section 2.3.  Chapter: gpt.

    >>> torch.manual_seed(0)  # doctest: +ELLIPSIS
    <torch...>
    >>> layer = nn.Linear(100, 100)
    >>> initialize(layer)
    >>> round(layer.weight.std().item(), 2), layer.bias.abs().max().item()
    (0.02, 0.0)
    """
    for module in model.modules():
        if isinstance(module, nn.Linear | nn.Embedding):
            nn.init.normal_(module.weight, std=std)
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)
