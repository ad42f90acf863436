"""T5: an encoder-decoder told where tokens stand only by how far apart they are.

RMSNorm before each part, ReLU, no biases, and scores that are not divided by the root of head_dim.
Dimensions: B batch, T sequence (Tq queries, Tk keys), C d_model, H n_head, D head_dim.
Source: Raffel et al. (2020), section 2.1.  Chapter: translation.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from torchbook.attention import Cache, split
from torchbook.encoder_decoder import EncoderDecoder, to_all
from torchbook.positions import DistanceBias

EPS = 1e-6  # of all norms


@dataclass(frozen=True)
class T5Config:
    """The sizes of a T5, each stack with n_layer blocks.  Chapter: translation.

    >>> T5Config(vocab_size=96, d_model=128, n_head=4, n_layer=2).head_dim
    32
    """

    vocab_size: int
    d_model: int
    n_head: int
    n_layer: int

    @property
    def head_dim(self) -> int:
        return split(self.d_model, self.n_head)


class T5Attention(nn.Module):
    """Attention to x itself or to a source, with unscaled scores.  Chapter: translation.

    >>> T5Attention(d_model=8, n_head=2)(torch.randn(2, 3, 8), None, None, None).shape
    torch.Size([2, 3, 8])
    """

    def __init__(self, d_model: int, n_head: int) -> None:
        super().__init__()
        self.head_dim = split(d_model, n_head)
        self.q = nn.Linear(d_model, d_model, bias=False)
        self.kv = nn.Linear(d_model, 2 * d_model, bias=False)
        self.out = nn.Linear(d_model, d_model, bias=False)

    def forward(
        self, x: Tensor, source: Tensor | None, bias: Tensor | None, cache: Cache | None
    ) -> Tensor:
        """x (B, Tq, C), source None (x itself) or (B, Tk, C) -> (B, Tq, C).

        `bias`, broadcastable to (B, H, Tq, Tk), is added to the scores or, if bool, masks them.
        """
        B, Tq, C = x.shape
        q = self.q(x).view(B, Tq, -1, self.head_dim).transpose(1, 2)  # (B, H, Tq, D)
        if source is not None and cache and cache.k is not None and cache.v is not None:
            k, v = cache.k, cache.v
        else:
            kv = self.kv(x if source is None else source)
            k, v = kv.view(B, -1, 2, C // self.head_dim, self.head_dim).permute(
                2, 0, 3, 1, 4
            )  # (B, H, Tk, D) each
            if cache is not None:
                k, v = cache.append(k, v)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=bias, scale=1.0)  # (B, H, Tq, D)
        return self.out(y.transpose(1, 2).reshape(B, Tq, C))


class T5Block(nn.Module):
    """One layer, normalized before each part.  Chapter: translation.

    >>> config = T5Config(vocab_size=96, d_model=8, n_head=2, n_layer=2)
    >>> T5Block(config, decoder=False)(torch.randn(2, 5, 8)).shape
    torch.Size([2, 5, 8])
    """

    def __init__(self, config: T5Config, *, decoder: bool) -> None:
        super().__init__()
        C, H = config.d_model, config.n_head
        self.attention, self.attention_norm = T5Attention(C, H), nn.RMSNorm(C, EPS)
        if decoder:
            self.cross, self.cross_norm = T5Attention(C, H), nn.RMSNorm(C, EPS)
        up, down = nn.Linear(C, 4 * C, bias=False), nn.Linear(4 * C, C, bias=False)
        self.feed_forward = nn.Sequential(up, nn.ReLU(), down)
        self.feed_forward_norm = nn.RMSNorm(C, EPS)

    def forward(
        self,
        x: Tensor,
        bias: Tensor | None = None,
        source: Tensor | None = None,
        source_mask: Tensor | None = None,
        cache: Cache | None = None,
        source_cache: Cache | None = None,
    ) -> Tensor:
        x = x + self.attention(self.attention_norm(x), None, bias, cache)
        if source is not None:
            x = x + self.cross(self.cross_norm(x), source, source_mask, source_cache)
        return x + self.feed_forward(self.feed_forward_norm(x))


class T5Stack(nn.Module):
    """The encoder's blocks or the decoder's, with one table of distances.  Chapter: translation.

    >>> config = T5Config(vocab_size=96, d_model=8, n_head=2, n_layer=2)
    >>> T5Stack(config, decoder=False)(torch.randn(2, 5, 8)).shape
    torch.Size([2, 5, 8])
    """

    def __init__(self, config: T5Config, *, decoder: bool) -> None:
        super().__init__()
        self.distance = DistanceBias(config.n_head, causal=decoder)
        self.blocks = nn.ModuleList(T5Block(config, decoder=decoder) for _ in range(config.n_layer))
        self.norm = nn.RMSNorm(config.d_model, EPS)

    def forward(
        self,
        x: Tensor,
        _positions: Tensor | None = None,
        mask: Tensor | None = None,
        source: Tensor | None = None,
        source_mask: Tensor | None = None,
        cache: list[Cache] | None = None,
    ) -> Tensor:
        """x (B, T, C), no positions, the rest as in `EncoderDecoder.decode` -> (B, T, C)."""
        T, seen = x.size(1), 0 if cache is None else len(cache[0])
        bias = self.distance(T, seen + T)  # (1, H, T, Tk)
        if mask is not None:
            bias = bias.masked_fill(~mask[:, None, None], -torch.inf)
        for i, block in enumerate(self.blocks):
            pair = (None, None) if cache is None else cache[2 * i : 2 * i + 2]
            x = block(x, bias, source, to_all(source_mask), *pair)
        return self.norm(x)


class T5(EncoderDecoder):
    """Each position's logits of the target's next token; no text is too long.

    The initial weights are T5's, larger than GPT-2's: it learns faster.  Chapter: translation.

    >>> ids, targets_in = torch.zeros(2, 7, dtype=torch.int64), torch.ones(2, 5, dtype=torch.int64)
    >>> T5(T5Config(vocab_size=96, d_model=8, n_head=2, n_layer=2))(ids, targets_in).shape
    torch.Size([2, 5, 96])
    """

    def __init__(self, config: T5Config) -> None:
        super().__init__()
        self.config, self.n_layer, self.scale = config, config.n_layer, config.d_model**-0.5
        self.embed = nn.Embedding(config.vocab_size, config.d_model)
        self.encoder, self.decoder = T5Stack(config, decoder=False), T5Stack(config, decoder=True)
        for name, weight in self.named_parameters():
            if name.endswith(".q.weight"):  # small here, since the scores are not divided
                nn.init.normal_(weight, std=(config.d_model * config.head_dim) ** -0.5)
            elif weight.dim() == 2 and weight is not self.embed.weight:
                nn.init.normal_(weight, std=weight.size(1) ** -0.5)
