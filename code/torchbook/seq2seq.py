"""An encoder reads a text, a decoder writes another, and looks back at the first at every word.

The layout is BART's: learned positions, norms after adding, one table of embeddings for all.
Dimensions: B batch, Tk source, T new target positions, C d_model, V vocabulary.
Source: Vaswani et al. (2017), section 3.1; Lewis et al. (2020), section 2.1.  Chapter: translation.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from torchbook.attention import Cache, split
from torchbook.encoder_decoder import EncoderDecoder, to_all
from torchbook.layers import Block, initialize


@dataclass(frozen=True)
class Seq2SeqConfig:
    """The sizes of an encoder-decoder, with n_layer blocks in each.  ValueError if the heads do not
    share d_model equally.  Chapter: translation.

    >>> Seq2SeqConfig(vocab_size=96, context_length=64, d_model=128, n_head=4, n_layer=2).p_drop
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


class Stack(nn.Module):
    """The encoder's blocks, or the decoder's, after learned positions.  Chapter: translation.

    >>> import torch
    >>> config = Seq2SeqConfig(vocab_size=96, context_length=8, d_model=16, n_head=2, n_layer=2)
    >>> Stack(config, decoder=False)(torch.randn(2, 5, 16), torch.arange(5)).shape
    torch.Size([2, 5, 16])
    """

    def __init__(self, config: Seq2SeqConfig, *, decoder: bool) -> None:
        super().__init__()
        C, H, p_drop = config.d_model, config.n_head, config.p_drop
        self.position = nn.Embedding(config.context_length, C)
        self.norm = nn.LayerNorm(C)
        self.drop = nn.Dropout(p_drop)
        self.blocks = nn.ModuleList(
            Block(C, H, causal=decoder, cross=decoder, pre_norm=False, p_drop=p_drop)
            for _ in range(config.n_layer)
        )

    def forward(
        self,
        x: Tensor,
        positions: Tensor,
        mask: Tensor | None = None,
        source: Tensor | None = None,
        source_mask: Tensor | None = None,
        cache: list[Cache] | None = None,
    ) -> Tensor:
        """x (B, T, C), positions (B or 1, T), the rest as `EncoderDecoder.decode` -> (B, T, C)."""
        x = self.drop(self.norm(x + self.position(positions)))  # (B, T, C)
        for i, block in enumerate(self.blocks):
            pair = None if cache is None else (cache[2 * i], cache[2 * i + 1])
            x = block(x, to_all(mask), source, to_all(source_mask), pair)
        return x


class Seq2Seq(EncoderDecoder):
    """BART: each position's logits of the target's next token.  Chapter: translation.

    >>> import torch
    >>> config = Seq2SeqConfig(vocab_size=96, context_length=8, d_model=16, n_head=2, n_layer=2)
    >>> ids, targets_in = torch.zeros(2, 7, dtype=torch.int64), torch.ones(2, 5, dtype=torch.int64)
    >>> Seq2Seq(config)(ids, targets_in).shape
    torch.Size([2, 5, 96])
    """

    def __init__(self, config: Seq2SeqConfig) -> None:
        super().__init__()
        self.config, self.n_layer = config, config.n_layer
        self.context_length = config.context_length
        self.embed = nn.Embedding(config.vocab_size, config.d_model)
        self.encoder, self.decoder = Stack(config, decoder=False), Stack(config, decoder=True)
        initialize(self)
