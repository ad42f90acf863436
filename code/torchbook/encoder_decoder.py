"""What encoder-decoders share: a source is encoded once, and its translation written after it.

Dimensions: B batch, Tk source, T new target positions, C d_model, V vocabulary.
Source: Vaswani et al. (2017), section 3.1.  Chapter: translation.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from torchbook.attention import Cache
from torchbook.positions import check_padding, positions_of


def shift_right(targets: Tensor, start: int) -> Tensor:
    """What the decoder reads while it learns to say `targets`: `start`, then all but the last.

    targets (B, T) int -> same; where the loss ignores a target (-100), `start` stands in for it.
    Source: Williams and Zipser (1989), on teacher forcing.  Chapter: translation.

    >>> shift_right(torch.tensor([[5, 6, 7, -100, -100]]), start=0).tolist()
    [[0, 5, 6, 7, 0]]
    """
    shifted = F.pad(targets[:, :-1], (1, 0), value=start)  # (B, T)
    return shifted.masked_fill(shifted == -100, start)


class EncoderDecoder(nn.Module):
    """One text in, another out: what BART and T5 share, which differ in their stacks of blocks.

    A stack is called as `stack(x, positions, mask, source, source_mask, cache)`.  The embeddings
    of both texts, and the last layer, are one table.  Chapter: translation.
    """

    embed: nn.Embedding
    encoder: nn.Module
    decoder: nn.Module
    n_layer: int
    context_length: int | None = None
    scale: float = 1.0  # of the logits

    def encode(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """ids (B, Tk) int, mask (B, Tk) bool, True = real token -> source (B, Tk, C)."""
        positions = positions_of(ids, mask, context_length=self.context_length)
        return self.encoder(self.embed(ids), positions, mask)

    def decode(
        self,
        ids: Tensor,
        source: Tensor,
        source_mask: Tensor | None = None,
        mask: Tensor | None = None,
        cache: list[Cache] | None = None,
    ) -> Tensor:
        """ids (B, T) int, source (B or 1, Tk, C), masks bool of both texts -> logits (B, T, V).

        With a cache, ids are the T newest positions, and `mask` says which of all are real.
        ValueError as `positions_of`, or for another number of sources.
        """
        seen = 0 if cache is None else len(cache[0])
        positions = positions_of(ids, mask, seen, self.context_length)  # (B or 1, T)
        if len(source) not in (1, len(ids)):
            raise ValueError(f"{len(source)} sources for {len(ids)} texts: give as many, or one")
        if source_mask is not None:
            check_padding(source_mask, source.shape[:2])
        source = source.expand(len(ids), -1, -1)  # (B, Tk, C)
        x = self.decoder(self.embed(ids), positions, mask, source, source_mask, cache)  # (B, T, C)
        return F.linear(x * self.scale, self.embed.weight)

    def forward(self, ids: Tensor, targets_in: Tensor, mask: Tensor | None = None) -> Tensor:
        """ids (B, Tk) int, mask (B, Tk) bool, targets_in (B, T) int -> logits (B, T, V).

        `targets_in` are the targets by `shift_right`, padded on the right, where the decoder looks
        too late to be disturbed.  ValueError as `decode`; an unknown id: IndexError on a CPU.
        """
        return self.decode(targets_in, self.encode(ids, mask), mask)

    def new_cache(self) -> list[Cache]:
        """Two a layer: what the text has been so far, then the keys and values of its source."""
        return [Cache() for _ in range(2 * self.n_layer)]


class Given:
    """The decoder, given a source, is a language model: `generate` can write with it.

    The source, ids (B or 1, Tk), is encoded once.  Chapter: translation.

    >>> from torchbook.generate import generate
    >>> from torchbook.seq2seq import Seq2Seq, Seq2SeqConfig
    >>> config = Seq2SeqConfig(vocab_size=96, context_length=8, d_model=16, n_head=2, n_layer=2)
    >>> source = torch.zeros(1, 7, dtype=torch.int64)
    >>> len(generate(Given(Seq2Seq(config), source), [[0]], max_new_tokens=5)[0])
    6
    """

    def __init__(self, model: EncoderDecoder, ids: Tensor, mask: Tensor | None = None) -> None:
        self.model, self.config, self.mask = model, model.config, mask
        self.new_cache, self.parameters = model.new_cache, model.parameters
        with torch.no_grad():
            self.source = model.encode(ids, mask)

    def __call__(
        self, ids: Tensor, mask: Tensor | None = None, cache: list[Cache] | None = None
    ) -> Tensor:
        return self.model.decode(ids, self.source, self.mask, mask, cache)


def to_all(mask: Tensor | None) -> Tensor | None:
    """(B, Tk) -> (B, 1, 1, Tk): one row for all heads and queries; None stays None."""
    return None if mask is None else mask[:, None, None]
