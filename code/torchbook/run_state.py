"""All that the next step of a run reads, except its code and its data, gathered and put back.

Weights, what the optimizer remembers, the schedule's count, the random generators, the number of
the step, which is the place in the data, and what early stopping waits for.  Chapter: checkpoints.
"""

import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from torchbook.weights import listed


@dataclass
class RunState:
    """A run between two steps.  `settings`, as JSON, must be the same when it goes on.

    best and best_weights: of the evaluation with the lowest loss so far; waited: evaluations since.
    Chapter: checkpoints.
    """

    model: nn.Module
    optimizer: Optimizer
    schedule: LRScheduler
    settings: dict[str, Any]
    step: int = 0
    best: float | None = None
    waited: int = 0
    log_bytes: int = 0
    best_weights: dict[str, Tensor] = field(default_factory=dict)

    def judge(self, loss: float) -> None:
        """Remember the weights if no evaluation so far gave a lower loss; count if one did."""
        if self.best is None or loss < self.best:
            self.best, self.waited = loss, 0
            weights = bare(self.model).state_dict()
            self.best_weights = {n: w.to("cpu", copy=True) for n, w in weights.items()}
        else:
            self.waited += 1

    def take_best(self) -> None:
        """The model gets its best weights, if there was an evaluation."""
        if self.best_weights:
            bare(self.model).load_state_dict(self.best_weights)

    def state_dict(self) -> tuple[dict[str, dict[str, Tensor]], dict[str, Any]]:
        """Tensors by part and name, and the rest, as `write_checkpoint` takes them."""
        remembered, groups = optimizer_state(self.model, self.optimizer)
        tensors = {
            "model": bare(self.model).state_dict(),
            "optimizer": remembered,
            "best": self.best_weights,
        }
        rest = {
            "settings": plain(self.settings),
            "groups": groups,
            "schedule": self.schedule.state_dict(),
            "random": random_state(),
            **{name: getattr(self, name) for name in ("step", "best", "waited", "log_bytes")},
        }
        return tensors, rest

    def load_state_dict(
        self, tensors: Mapping[str, Mapping[str, Tensor]], rest: Mapping[str, Any], source: str
    ) -> None:
        """Put it back.  ValueError, before anything is changed, if it is another model's or run's;
        `source` says in it where it is from."""
        model = bare(self.model)
        require_same(rest["settings"], plain(self.settings), source)
        require_fit(model.state_dict(), tensors["model"], source)
        model.load_state_dict(tensors["model"])
        load_optimizer_state(self.model, self.optimizer, tensors["optimizer"], rest["groups"])
        self.schedule.load_state_dict(rest["schedule"])
        self.best_weights = dict(tensors["best"])
        for name in "step", "best", "waited", "log_bytes":
            setattr(self, name, rest[name])
        set_random_state(rest["random"])


def bare(model: nn.Module) -> nn.Module:
    """The model inside what `torch.compile` and DistributedDataParallel put around it.

    >>> layer = nn.Linear(2, 2)
    >>> bare(layer) is layer
    True
    """
    while True:
        if isinstance(model, nn.parallel.DistributedDataParallel):
            model = model.module
        elif hasattr(model, "_orig_mod"):
            model = model._orig_mod
        else:
            return model


def parameter_names(model: nn.Module, optimizer: Optimizer) -> list[str]:
    """The names of the optimizer's parameters, in the order by which it numbers them."""
    names = {weight: name for name, weight in bare(model).named_parameters()}
    return [names[weight] for group in optimizer.param_groups for weight in group["params"]]


def optimizer_state(
    model: nn.Module, optimizer: Optimizer
) -> tuple[dict[str, Tensor], list[dict[str, Any]]]:
    """What the optimizer remembers, as {"0.weight.exp_avg": tensor}, and its groups' settings.

    >>> layer = nn.Linear(2, 1)
    >>> optimizer = torch.optim.SGD(layer.parameters(), lr=0.1, momentum=0.9)
    >>> layer(torch.ones(2)).backward()
    >>> optimizer.step()
    >>> optimizer_state(layer, optimizer)[0]
    {'weight.momentum_buffer': tensor([[1., 1.]]), 'bias.momentum_buffer': tensor([1.])}
    """
    state, names = optimizer.state_dict(), parameter_names(model, optimizer)
    tensors = {
        f"{names[number]}.{key}": value
        for number, remembered in state["state"].items()
        for key, value in remembered.items()
        if value is not None
    }
    groups = [{k: v for k, v in g.items() if k != "params"} for g in state["param_groups"]]
    return tensors, plain(groups)


def load_optimizer_state(
    model: nn.Module,
    optimizer: Optimizer,
    tensors: Mapping[str, Tensor],
    groups: list[dict[str, Any]],
) -> None:
    """Put back what `optimizer_state` gave."""
    numbers = {name: i for i, name in enumerate(parameter_names(model, optimizer))}
    state: dict[int, dict[str, Tensor]] = {}
    for path, tensor in tensors.items():
        name, _, key = path.rpartition(".")
        state.setdefault(numbers[name], {})[key] = tensor
    now = optimizer.state_dict()["param_groups"]
    merged = [{**new, **saved} for new, saved in zip(now, groups, strict=True)]
    optimizer.load_state_dict({"state": state, "param_groups": merged})


def random_state() -> dict[str, Any]:
    """The state of every random generator that a step may draw from, as JSON."""
    legacy: Any = np.random.get_state(legacy=False)
    state: dict[str, Any] = {"python": random.getstate(), "torch": torch.get_rng_state().tolist()}
    state["numpy"] = {
        **legacy,
        "state": {k: np.asarray(v).tolist() for k, v in legacy["state"].items()},
    }
    if torch.cuda.is_available():
        state["cuda"] = torch.cuda.get_rng_state().tolist()
    return state


def set_random_state(state: Mapping[str, Any]) -> None:
    """Put back what `random_state` gave."""
    version, numbers, gauss = state["python"]
    random.setstate((version, tuple(numbers), gauss))
    np.random.set_state(state["numpy"])
    torch.set_rng_state(torch.tensor(state["torch"], dtype=torch.uint8))
    if "cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state(torch.tensor(state["cuda"], dtype=torch.uint8))


def plain(value: Any) -> Any:
    """The value as it comes back from JSON: tuples become lists."""
    return json.loads(json.dumps(value))


def require_same(saved: Mapping[str, Any], asked: Mapping[str, Any], source: str) -> None:
    """ValueError that lists the settings in which two runs differ."""
    names = sorted(saved.keys() | asked.keys())
    other = [n for n in names if saved.get(n) != asked.get(n)]
    if other:
        raise ValueError(
            f"{source} is of a run with other settings: "
            + "; ".join(f"{n} was {saved.get(n)}, and is {asked.get(n)} now" for n in other)
            + ": give the same, or another folder"
        )


def require_fit(wanted: Mapping[str, Tensor], saved: Mapping[str, Tensor], source: str) -> None:
    """ValueError that lists the tensors in which two models differ."""

    def kind(tensor: Tensor) -> str:
        return f"{tuple(tensor.shape)} {tensor.dtype}"

    both: Iterable[str] = sorted(wanted.keys() & saved.keys())
    wrong = [
        f"{n} is {kind(saved[n])}, not {kind(wanted[n])}"
        for n in both
        if kind(saved[n]) != kind(wanted[n])
    ]
    problems = [
        listed("missing: ", sorted(wanted.keys() - saved.keys())),
        listed("left over: ", sorted(saved.keys() - wanted.keys())),
        listed("", wrong),
    ]
    if any(problems):
        raise ValueError(
            f"{source} is of another model: {'; '.join(filter(None, problems))}: give the model "
            f"whose run this is, or another folder"
        )
