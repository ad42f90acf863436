"""What an optimizer remembers, by the names of the parameters instead of their numbers.

Chapter: checkpoints.
"""

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer

from torchbook.rank_zero import like


def bare(model: nn.Module) -> nn.Module:
    """The model inside what DistributedDataParallel and `torch.compile` put around it.

    >>> layer = nn.Linear(2, 2)
    >>> bare(layer) is layer
    True
    """
    model = model.module if isinstance(model, nn.parallel.DistributedDataParallel) else model
    return getattr(model, "_orig_mod", model)  # so calls it torch.compile


def optimizer_state(
    model: nn.Module, optimizer: Optimizer
) -> tuple[dict[str, Tensor], list[dict[str, Any]]]:
    """What the optimizer remembers of each parameter, by its name, and the options of its groups.

    >>> import torch
    >>> layer = nn.Linear(2, 1)
    >>> optimizer = torch.optim.SGD(layer.parameters(), lr=0.1, momentum=0.9)
    >>> layer(torch.ones(2)).backward()
    >>> optimizer.step()
    >>> optimizer_state(layer, optimizer)[0]
    {'weight.momentum_buffer': tensor([[1., 1.]]), 'bias.momentum_buffer': tensor([1.])}
    """
    names: dict[Tensor, str] = {w: name for name, w in bare(model).named_parameters()}
    tensors = {
        f"{names[weight]}.{key}": value
        for weight, remembered in optimizer.state.items()
        for key, value in remembered.items()
        if value is not None
    }
    groups = optimizer.state_dict()["param_groups"]
    return tensors, [{k: v for k, v in group.items() if k != "params"} for group in groups]


def load_optimizer_state(
    model: nn.Module,
    optimizer: Optimizer,
    tensors: Mapping[str, Tensor],
    options: list[dict[str, Any]],
) -> None:
    """Put back what `optimizer_state` gave."""
    names = {weight: name for name, weight in bare(model).named_parameters()}
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    numbers = {names[weight]: number for number, weight in enumerate(weights)}
    state: dict[int, dict[str, Tensor]] = {}
    for path, tensor in tensors.items():
        name, _, key = path.rpartition(".")
        number = numbers[name]
        if tensor.shape == weights[number].shape:
            tensor = like(tensor, weights[number])
        state.setdefault(number, {})[key] = tensor
    groups = optimizer.state_dict()["param_groups"]
    groups = [{**now, **saved} for now, saved in zip(groups, options, strict=True)]
    optimizer.load_state_dict({"state": state, "param_groups": groups})
