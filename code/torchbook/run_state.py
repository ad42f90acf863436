"""All that the next step of a run reads, apart from code and data, gathered and put back.

Weights, what the optimizer remembers, the schedule's count, the random generators, the number of
the step, which is also the place in the data, and what early stopping waits for.
Chapter: checkpoints.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from torchbook.checkpoint import Tensors, newest, read_checkpoint
from torchbook.distributed import rank
from torchbook.optimizer_state import bare, load_optimizer_state, optimizer_state
from torchbook.random_state import random_state, set_random_state
from torchbook.rank_zero import broadcast, broadcast_object, gather_object, like, on_rank_0, whole
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
            weights = whole(bare(self.model).state_dict())
            self.best_weights = {name: w.to("cpu", copy=True) for name, w in weights.items()}
        else:
            self.waited += 1

    def take_best(self) -> None:
        """The model gets its best weights; if it was never evaluated, it keeps the last."""
        if self.best is not None:
            self.load_weights(self.sent({"best": self.best_weights})["best"])

    def load_newest(self, folder: Path) -> None:
        """Put back the newest checkpoint of a folder, if it has one: rank 0 reads it for all."""

        def read() -> tuple[str, Tensors, dict[str, Any]] | None:
            path = newest(folder)
            return None if path is None else (str(path), *read_checkpoint(path))

        path, tensors, rest = on_rank_0(read) or (None, {}, None)
        path, rest = broadcast_object((path, rest))
        if path is not None:
            self.load_state_dict(self.sent(tensors), rest, source=path)

    def load_weights(self, weights: Mapping[str, Tensor]) -> None:
        """The model gets these weights, each whole, of which it may keep a piece."""
        now = bare(self.model).state_dict()
        bare(self.model).load_state_dict({n: like(w, now[n]) for n, w in weights.items()})

    def sent(self, tensors: Tensors) -> Tensors:
        return broadcast(tensors, next(self.model.parameters()).device)

    def state_dict(self) -> tuple[Tensors, dict[str, Any]]:
        """Tensors by part and name, and the rest, as `write_checkpoint` takes them."""
        remembered, options = optimizer_state(self.model, self.optimizer)
        model, remembered = whole(bare(self.model).state_dict()), whole(remembered)
        tensors = {"model": model, "optimizer": remembered, "best": self.best_weights}
        rest = {name: getattr(self, name) for name in COUNTS}
        rest |= {"settings": self.settings, "options": options}
        rest |= {"schedule": self.schedule.state_dict(), "random": gather_object(random_state())}
        return tensors, rest

    def load_state_dict(self, tensors: Tensors, rest: Mapping[str, Any], source: str) -> None:
        """Put it back; `source` says in errors where it is from.

        ValueError, before anything has changed, for another model or other settings.
        """
        require_same_model(bare(self.model).state_dict(), tensors["model"], source)
        require_same_settings(self.settings, rest["settings"], source)
        self.load_weights(tensors["model"])
        load_optimizer_state(self.model, self.optimizer, tensors["optimizer"], rest["options"])
        self.schedule.load_state_dict(rest["schedule"])
        self.best_weights = (
            {name: weight.clone() for name, weight in tensors["best"].items()}
            if rank() == 0
            else {}
        )
        for name in COUNTS:
            setattr(self, name, rest[name])
        if rank() < len(rest["random"]):  # a process more than there were begins anew
            set_random_state(rest["random"][rank()])
