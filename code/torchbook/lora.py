"""LoRA: a pretrained matrix stays as it is, and a product of two thin ones learns what to add.

Source: Hu et al. (2021), section 4.  Chapter: pretrained.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LoRA(nn.Module):
    """A linear layer, frozen, plus scale * B A: at first the same layer, for B starts as zeros.

    x (..., in) -> (..., out).  A (rank, in), B (out, rank); scale = alpha / rank, so that another
    rank needs no other learning rate.  ValueError for a rank below 1.
    Source: Hu et al. (2021), equation 3.  Chapter: pretrained.

    >>> layer, x = nn.Linear(8, 6), torch.randn(2, 8)
    >>> adapted = LoRA(layer, rank=2)
    >>> torch.equal(adapted(x), layer(x))
    True
    >>> [name for name, weight in adapted.named_parameters() if weight.requires_grad]
    ['A', 'B']
    """

    def __init__(self, linear: nn.Linear, rank: int, alpha: float | None = None) -> None:
        super().__init__()
        if rank < 1:
            raise ValueError(f"rank={rank}: choose 1 or more")
        self.linear = linear.requires_grad_(False)
        self.scale = 1.0 if alpha is None else alpha / rank
        self.A = nn.Parameter(linear.weight.new_empty(rank, linear.in_features))
        self.B = nn.Parameter(linear.weight.new_zeros(linear.out_features, rank))
        nn.init.normal_(self.A, std=linear.in_features**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) + F.linear(F.linear(x, self.A), self.B) * self.scale

    @torch.no_grad()
    def merge(self) -> nn.Linear:
        """The linear layer with scale * B A added to its weight: nothing more to compute.

        Frozen, as it was; `requires_grad_()` lets it learn again.  The sum is a new tensor, since
        the old one may also be the table of embeddings.
        """
        weight = self.linear.weight + self.scale * self.B @ self.A
        self.linear.weight = nn.Parameter(weight, requires_grad=False)
        return self.linear


def add_lora(
    model: nn.Module, names: tuple[str, ...], rank: int = 8, alpha: float | None = None
) -> int:
    """Freeze a model and adapt its linear layers whose names end so; -> how many numbers can learn.

    In place.  Give the optimizer the parameters with `requires_grad` only.  ValueError if no linear
    layer has such a name.  Source: Hu et al. (2021), section 4.2.  Chapter: pretrained.

    >>> from torchbook.gpt import GPT, GPTConfig
    >>> model = GPT(GPTConfig(vocab_size=96, context_length=8, d_model=16, n_head=2, n_layer=2))
    >>> add_lora(model, ("attention.qkv", "attention.out"), rank=4)
    768
    """
    model.requires_grad_(False)
    layers = {
        name: layer
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Linear) and name.endswith(names)
    }
    if not layers:
        linear = [name for name, layer in model.named_modules() if isinstance(layer, nn.Linear)]
        raise ValueError(f"no linear layer's name ends in {names}: choose from {linear[:8]}")
    for name, layer in layers.items():
        model.set_submodule(name, LoRA(layer, rank, alpha))
    return sum(weight.numel() for weight in model.parameters() if weight.requires_grad)


def merge_lora(model: nn.Module) -> None:
    """Put plain linear layers, with what was learned, in place of all that `add_lora` adapted.

    >>> model = nn.Sequential(nn.Linear(4, 4))
    >>> _ = add_lora(model, ("0",), rank=1)
    >>> merge_lora(model)
    >>> model
    Sequential(
      (0): Linear(in_features=4, out_features=4, bias=True)
    )
    """
    for name, layer in list(model.named_modules()):
        if isinstance(layer, LoRA):
            model.set_submodule(name, layer.merge())
