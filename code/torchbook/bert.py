"""BERT: an encoder whose every token sees the whole text, so that it can fill a gap or be labelled.

Dimensions: B batch, T sequence, C d_model, V vocabulary, K classes.
Source: Devlin et al. (2019), sections 3 and 4.  Chapter: bert.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from torchbook.attention import split
from torchbook.layers import Block, initialize
from torchbook.positions import positions_of


@dataclass(frozen=True)
class BertConfig:
    """The sizes of a BERT.  ValueError if the heads do not share d_model equally.  Chapter: bert.

    >>> BertConfig(vocab_size=96, context_length=128, d_model=128, n_head=4, n_layer=4).eps
    1e-12
    """

    vocab_size: int
    context_length: int
    d_model: int
    n_head: int
    n_layer: int
    p_drop: float = 0.0
    eps: float = 1e-12

    def __post_init__(self) -> None:
        split(self.d_model, self.n_head)


class Bert(nn.Module):
    """Each token's vector, made from the tokens on both sides.

    The blocks normalize after adding, as in the first transformer.  A token's type, 0 or 1, says
    whether it belongs to the first text or to the second.  Chapter: bert.

    >>> bert = Bert(BertConfig(vocab_size=96, context_length=8, d_model=16, n_head=2, n_layer=2))
    >>> bert(torch.zeros(2, 5, dtype=torch.int64)).shape
    torch.Size([2, 5, 16])
    """

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.config = config
        C, p_drop, eps = config.d_model, config.p_drop, config.eps
        self.embed = nn.Embedding(config.vocab_size, C)
        self.position = nn.Embedding(config.context_length, C)
        self.token_type = nn.Embedding(2, C)
        self.norm = nn.LayerNorm(C, eps)
        self.drop = nn.Dropout(p_drop)
        self.blocks = nn.ModuleList(
            Block(C, config.n_head, causal=False, pre_norm=False, p_drop=p_drop, eps=eps)
            for _ in range(config.n_layer)
        )
        initialize(self)

    def forward(
        self, ids: Tensor, mask: Tensor | None = None, types: Tensor | None = None
    ) -> Tensor:
        """ids (B, T) int, mask (B, T) bool, True = real token, types (B, T) int -> (B, T, C).

        Padding, on either side, changes nothing; its own vectors mean nothing.  ValueError as
        `positions_of` or for types of another shape; an unknown id or type: IndexError on a CPU.
        """
        types = torch.zeros_like(ids) if types is None else types  # (B, T)
        if types.shape != ids.shape:
            raise ValueError(f"types of shape {tuple(types.shape)}: give {tuple(ids.shape)}")
        positions = positions_of(ids, mask, context_length=self.config.context_length)
        x = self.embed(ids) + self.position(positions) + self.token_type(types)  # (B, T, C)
        x = self.drop(self.norm(x))
        for block in self.blocks:
            x = block(x, None if mask is None else mask[:, None, None])
        return x


class MaskedLM(nn.Module):
    """Each position's logits of the token that stood there before it was hidden.

    The table of embeddings is also the last layer, which has a bias for each token.
    Source: Devlin et al. (2019), section 3.1.  Chapter: bert.

    >>> config = BertConfig(vocab_size=96, context_length=8, d_model=16, n_head=2, n_layer=2)
    >>> MaskedLM(Bert(config))(torch.zeros(2, 5, dtype=torch.int64)).shape
    torch.Size([2, 5, 96])
    """

    def __init__(self, bert: Bert) -> None:
        super().__init__()
        self.bert, C = bert, bert.config.d_model
        self.head = nn.Sequential(nn.Linear(C, C), nn.GELU(), nn.LayerNorm(C, bert.config.eps))
        self.bias = nn.Parameter(bert.embed.weight.new_zeros(bert.config.vocab_size))
        initialize(self.head)

    def forward(
        self, ids: Tensor, mask: Tensor | None = None, types: Tensor | None = None
    ) -> Tensor:
        """As `Bert`, but -> logits (B, T, V)."""
        x = self.head(self.bert(ids, mask, types))  # (B, T, C)
        return F.linear(x, self.bert.embed.weight, self.bias)


class TokenClassifier(nn.Module):
    """Each token's logits of K classes, such as the kinds of names.  Chapter: bert.

    >>> config = BertConfig(vocab_size=96, context_length=8, d_model=16, n_head=2, n_layer=2)
    >>> TokenClassifier(Bert(config), n_class=3)(torch.zeros(2, 5, dtype=torch.int64)).shape
    torch.Size([2, 5, 3])
    """

    def __init__(self, bert: Bert, n_class: int) -> None:
        super().__init__()
        self.bert, C = bert, bert.config.d_model
        self.head = nn.Sequential(nn.Dropout(bert.config.p_drop), nn.Linear(C, n_class))
        initialize(self.head)

    def forward(
        self, ids: Tensor, mask: Tensor | None = None, types: Tensor | None = None
    ) -> Tensor:
        """As `Bert`, but -> logits (B, T, K)."""
        return self.head(self.bert(ids, mask, types))


class SentenceClassifier(nn.Module):
    """The text's logits of K classes, read at its first token: pad on the right.  Chapter: bert.

    >>> config = BertConfig(vocab_size=96, context_length=8, d_model=16, n_head=2, n_layer=2)
    >>> SentenceClassifier(Bert(config), n_class=3)(torch.zeros(2, 5, dtype=torch.int64)).shape
    torch.Size([2, 3])
    """

    def __init__(self, bert: Bert, n_class: int) -> None:
        super().__init__()
        self.bert, C = bert, bert.config.d_model
        self.head = nn.Sequential(
            nn.Linear(C, C), nn.Tanh(), nn.Dropout(bert.config.p_drop), nn.Linear(C, n_class)
        )
        initialize(self.head)

    def forward(
        self, ids: Tensor, mask: Tensor | None = None, types: Tensor | None = None
    ) -> Tensor:
        """As `Bert`, but -> logits (B, K)."""
        return self.head(self.bert(ids, mask, types)[:, 0])
