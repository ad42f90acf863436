"""All that the next step of a run reads, apart from code and data, gathered and put back.

Weights, what the optimizer remembers, the schedule's count, the random generators, the number of
the step, which is also the place in the data, and what early stopping waits for.
Chapter: checkpoints.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from torchbook.optimizer_state import bare, load_optimizer_state, optimizer_state
from torchbook.random_state import random_state, set_random_state
from torchbook.same_run import require_same_model, require_same_settings

COUNTS = "step", "best", "waited", "log_bytes"


@dataclass
class RunState:
    """A run between two steps.  `settings` must be the same when it goes on.

    best and best_weights are of the evaluation with the lowest loss so far; waited counts those
    after it; log_bytes is the size of the log.  Chapter: checkpoints.

    >>> import torch
    >>> layer = nn.Linear(1, 1)
    >>> optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    >>> schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1.0)
    >>> state = RunState(layer, optimizer, schedule, {"seed": 0})
    >>> state.judge(0.5)
    >>> saved = state.state_dict()
    >>> state.judge(0.7)
    >>> state.load_state_dict(*saved, source="the example")
    >>> state.best, state.waited
    (0.5, 0)
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
        """Keep a copy of the weights if no evaluation so far was better; else count the wait."""
        if self.best is None or loss < self.best:
            self.best, self.waited = loss, 0
            weights = bare(self.model).state_dict()
            self.best_weights = {name: w.to("cpu", copy=True) for name, w in weights.items()}
        else:
            self.waited += 1

    def take_best(self) -> None:
        """The model gets its best weights; if it was never evaluated, it keeps the last."""
        if self.best_weights:
            bare(self.model).load_state_dict(self.best_weights)

    def state_dict(self) -> tuple[dict[str, dict[str, Tensor]], dict[str, Any]]:
        """Tensors by part and name, and the rest, as `write_checkpoint` takes them."""
        remembered, options = optimizer_state(self.model, self.optimizer)
        model = bare(self.model).state_dict()
        tensors = {"model": model, "optimizer": remembered, "best": self.best_weights}
        rest = {name: getattr(self, name) for name in COUNTS}
        rest |= {"settings": self.settings, "options": options}
        rest |= {"schedule": self.schedule.state_dict(), "random": random_state()}
        return tensors, rest

    def load_state_dict(
        self, tensors: Mapping[str, Mapping[str, Tensor]], rest: Mapping[str, Any], source: str
    ) -> None:
        """Put it back; `source` says in errors where it is from.

        ValueError, before anything has changed, for another model or other settings.
        """
        require_same_model(bare(self.model).state_dict(), tensors["model"], source)
        require_same_settings(self.settings, rest["settings"], source)
        bare(self.model).load_state_dict(tensors["model"])
        load_optimizer_state(self.model, self.optimizer, tensors["optimizer"], rest["options"])
        self.schedule.load_state_dict(rest["schedule"])
        self.best_weights = dict(tensors["best"])
        for name in COUNTS:
            setattr(self, name, rest[name])
        set_random_state(rest["random"])
