"""A run goes on only as the same run: with its model, its settings and its data.

Chapter: checkpoints.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer

from torchbook.optimizer_state import bare
from torchbook.train_config import FREE, TrainConfig
from torchbook.weights import listed


def settings(
    model: nn.Module, optimizer: Optimizer, config: TrainConfig, examples: int
) -> dict[str, Any]:
    """All that decides how a run goes and is no tensor, in words and numbers for JSON.

    >>> import torch
    >>> layer = nn.Linear(1, 1)
    >>> optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    >>> settings(layer, optimizer, TrainConfig(steps=10, batch_size=2), examples=7)["steps"]
    10
    """
    names = {weight: name for name, weight in bare(model).named_parameters()}
    if any(weight not in names for group in optimizer.param_groups for weight in group["params"]):
        raise ValueError(
            "the optimizer moves other tensors than the model's: make it of model.parameters(), "
            "when the model is on its device and `spread`"
        )
    found = {"examples": examples, "optimizer": type(optimizer).__name__}
    found |= {name: value for name, value in asdict(config).items() if name not in FREE}
    for i, group in enumerate(optimizer.param_groups):
        found |= {f"{name} of group {i}": value for name, value in group.items() if name != "lr"}
        found[f"params of group {i}"] = [names[weight] for weight in group["params"]]
    return json.loads(json.dumps(found))  # tuples become lists, as in a file


def require_same_settings(now: Mapping[str, Any], saved: Mapping[str, Any], source: str) -> None:
    """ValueError that lists the settings in which two runs differ."""
    other = [
        f"{name} was {saved.get(name)}, and is {now.get(name)} now"
        for name in sorted(saved.keys() | now.keys())
        if saved.get(name) != now.get(name)
    ]
    if other:
        raise ValueError(
            f"{source} is of a run with other settings: {listed('', other)}: give the same, or "
            f"another folder"
        )


def require_same_model(now: Mapping[str, Tensor], saved: Mapping[str, Tensor], source: str) -> None:
    """ValueError that lists the tensors in which two models differ."""
    kinds = [{n: f"{tuple(t.shape)} {t.dtype}" for n, t in each.items()} for each in (now, saved)]
    wrong = [
        f"{name} is {saved_kind}, not {kinds[0][name]}"
        for name, saved_kind in kinds[1].items()
        if name in now and saved_kind != kinds[0][name]
    ]
    problems = [
        listed("missing: ", sorted(now.keys() - saved.keys())),
        listed("left over: ", sorted(saved.keys() - now.keys())),
        listed("", wrong),
    ]
    if any(problems):
        raise ValueError(
            f"{source} is of another model: {'; '.join(filter(None, problems))}: give the model "
            f"that it was saved from, or another folder"
        )
