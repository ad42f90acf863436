"""A recurrent network that learns what to keep, what to forget, and what to say: the LSTM.

Dimensions: B batch, T sequence, C d_in (what enters), F d_hidden (the state), V vocab_size.
Chapter: language-models.  Source: Hochreiter and Schmidhuber (1997); Gers, Schmidhuber and
Cummins (2000) for the forget gate.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

State = tuple[Tensor, Tensor]  # h, what is said, and c, what is kept: (n_layer, B, F) each


class LSTMCell(nn.Module):
    """One step of one layer: three gates between 0 and 1 decide what happens to the cell.

    Chapter: language-models.

    >>> h, c = LSTMCell(d_in=3, d_hidden=5)(torch.randn(2, 3), torch.zeros(2, 5), torch.zeros(2, 5))
    >>> h.shape, c.shape
    (torch.Size([2, 5]), torch.Size([2, 5]))
    """

    def __init__(self, d_in: int, d_hidden: int) -> None:
        super().__init__()
        self.from_input = nn.Linear(d_in, 4 * d_hidden)
        self.from_state = nn.Linear(d_hidden, 4 * d_hidden, bias=False)

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> State:
        """x (B, C), h (B, F), c (B, F) -> the next h (B, F) and c (B, F)."""
        gates = (self.from_input(x) + self.from_state(h)).chunk(4, dim=-1)
        write, keep, say = gates[0].sigmoid(), gates[1].sigmoid(), gates[3].sigmoid()  # each (B, F)
        c = keep * c + write * gates[2].tanh()  # a sum: the gradient passes through it undiminished
        return say * c.tanh(), c


class LSTM(nn.Module):
    """Layers of cells, each of which reads what the one below says at every step.

    The same numbers as `nn.LSTM(d_in, d_hidden, n_layer, batch_first=True)`, whose two biases are
    one here, their sum; its gates are in the order write, keep, new, say (i, f, g, o).
    Chapter: language-models.

    >>> y, (h, c) = LSTM(d_in=3, d_hidden=5, n_layer=2)(torch.randn(4, 7, 3))
    >>> y.shape, h.shape, c.shape
    (torch.Size([4, 7, 5]), torch.Size([2, 4, 5]), torch.Size([2, 4, 5]))
    """

    def __init__(self, d_in: int, d_hidden: int, n_layer: int = 1) -> None:
        super().__init__()
        if n_layer < 1:
            raise ValueError(f"n_layer={n_layer}: an LSTM has at least one layer")
        widths = [d_in] + [d_hidden] * (n_layer - 1)
        self.layers = nn.ModuleList(LSTMCell(width, d_hidden) for width in widths)
        self.d_hidden = d_hidden

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """x (B, T, C), state (n_layer, B, F) twice or None for zeros -> (B, T, F), the last state.

        A sequence in two parts, the second with the state of the first, gives what the whole does.
        ValueError for an empty sequence or a state of another shape.
        """
        if x.dim() != 3 or not x.numel():
            raise ValueError(f"x is {tuple(x.shape)}: make it (B, T, d_in), with at least one step")
        shape = len(self.layers), len(x), self.d_hidden
        h0, c0 = state if state is not None else (x.new_zeros(shape), x.new_zeros(shape))
        if h0.shape != shape or c0.shape != shape:
            raise ValueError(
                f"the state is {tuple(h0.shape)} and {tuple(c0.shape)}: it must be {shape} twice, "
                "(n_layer, B, d_hidden)"
            )
        last = []
        for layer, h, c in zip(self.layers, h0, c0, strict=True):
            said = []
            for now in x.unbind(dim=1):
                h, c = layer(now, h, c)
                said.append(h)
            x = torch.stack(said, dim=1)  # (B, T, F)
            last.append((h, c))
        h, c = (torch.stack(parts) for parts in zip(*last, strict=True))
        return x, (h, c)


@dataclass(frozen=True)
class LSTMLMConfig:
    """The sizes of an LSTMLM: d_model is the width of the vectors and of the state.

    Chapter: language-models.

    >>> LSTMLMConfig(vocab_size=96).n_layer
    1
    """

    vocab_size: int
    d_model: int = 128
    n_layer: int = 1


class LSTMLM(nn.Module):
    """The logits of each next token from all that came before, told by a state of fixed size.

    It runs on `nn.LSTM`, which makes the numbers of `LSTM` faster.  Until it has learned, its loss
    is about log V.  ids outside the vocabulary: IndexError from `nn.Embedding`, on a GPU an assert.
    Source: Mikolov et al. (2010), with an LSTM for their network.  Chapter: language-models.

    >>> model = LSTMLM(LSTMLMConfig(vocab_size=10, d_model=8))
    >>> logits, state = model(torch.zeros(2, 5, dtype=torch.int64))
    >>> logits.shape
    torch.Size([2, 5, 10])
    """

    def __init__(self, config: LSTMLMConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        C = config.d_model
        self.lstm = nn.LSTM(C, C, config.n_layer, batch_first=True)
        self.head = nn.Linear(config.d_model, config.vocab_size)

    def forward(self, ids: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """ids (B, T), the state of what came before -> logits (B, T, V), the state to go on from.

        ValueError for ids of another shape, or without tokens.
        """
        if ids.dim() != 2 or not ids.numel():
            raise ValueError(f"ids are {tuple(ids.shape)}: make them (B, T), with T above 0")
        y, state = self.lstm(self.embedding(ids), state)
        return self.head(y), state
