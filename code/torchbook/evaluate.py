"""Measuring a model changes nothing: not its mode, not its gradients, not what is drawn next.

Chapter: training.
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from torchbook.distributed import total

Loss = Callable[[nn.Module, Any], tuple[Tensor, Tensor | int]]


def autocast(model: nn.Module, bf16: bool) -> torch.autocast:
    """`with autocast(model, True):` matrix products are in bf16 on the model's device."""
    device = next(model.parameters()).device
    return torch.autocast(device.type, torch.bfloat16, enabled=bf16)


@torch.no_grad()
def evaluate(model: nn.Module, loss_of: Loss, batches: Iterable[Any], bf16: bool = False) -> float:
    """The mean loss per target of all batches, in `eval` mode; as `train` takes `loss_of`.

    If the loss draws random numbers, to mask words for example, it draws the same each time.
    ValueError if there is no target.  Chapter: training.

    >>> def squares(model, x):
    ...     return model(x).square().sum(), len(x)
    >>> layer = nn.Linear(1, 1, bias=False)
    >>> _ = nn.init.ones_(layer.weight)
    >>> evaluate(layer, squares, [torch.ones(3, 1), 2 * torch.ones(1, 1)])  # (3 * 1 + 4) / 4
    1.75
    """
    modes = {module: module.training for module in model.modules()}
    device = next(model.parameters()).device
    loss, count = torch.zeros((), device=device), 0
    model.eval()
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(0)
        for batch in batches:
            with autocast(model, bf16):
                part, targets = loss_of(model, batch)
            loss, count = loss + part, count + int(targets)
    for module, training in modes.items():
        module.training = training
    loss, targets = total(loss, count)
    if targets == 0:
        raise ValueError("there is no target to evaluate on: give validation data that has some")
    return float(loss / targets)
