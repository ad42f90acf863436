"""One loop trains them all: parts of a batch, one step, now and then a look and a checkpoint.

Chapter: training.
"""

import math
from collections.abc import Callable, Iterable, Sized
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from torchbook.batches import Batches
from torchbook.checkpoint import newest, only_run, read_checkpoint, write_checkpoint
from torchbook.log import Log
from torchbook.run_state import RunState, parameter_names
from torchbook.schedule import warmup_cosine

LossOf = Callable[[nn.Module, Any], tuple[Tensor, Tensor]]  # -> sum of losses, number of targets


@dataclass(frozen=True)
class TrainConfig:
    """How a run trains.  Counts are of steps; the peak learning rate is the optimizer's own.

    batch_size: examples a step, of all processes together, in `accumulate` parts one after another.
    clip: the longest gradient; math.inf leaves them as they are.  patience: evaluations in a row
    without a new best before it stops; None for never.  keep: how many checkpoints.
    ValueError for what cannot be.  Chapter: training.

    >>> TrainConfig(steps=1000, batch_size=0)
    Traceback (most recent call last):
    ValueError: batch_size=0: give a whole number of at least 1
    """

    steps: int
    batch_size: int
    warmup: int = 0
    accumulate: int = 1
    clip: float = 1.0
    evaluate_every: int = 100
    patience: int | None = None
    save_every: int = 100
    keep: int = 2
    bf16: bool = False
    compile: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        for name in "steps", "batch_size", "accumulate", "evaluate_every", "save_every", "keep":
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)}: give a whole number of at least 1")
        if self.patience is not None and self.patience < 1:
            raise ValueError(f"patience={self.patience}: give at least 1, or None to never stop")
        if not 0 <= self.warmup < self.steps:
            raise ValueError(f"warmup={self.warmup}: give 0 to {self.steps - 1}, below the steps")
        if not self.clip > 0:
            raise ValueError(f"clip={self.clip}: give a length above 0, math.inf for no clipping")
        if self.seed < 0:
            raise ValueError(f"seed={self.seed}: give a whole number of at least 0")


def train(
    model: nn.Module,
    optimizer: Optimizer,
    loss_of: LossOf,
    data: Dataset[Any],
    validation: Dataset[Any] | None,
    config: TrainConfig,
    folder: str | Path | None = None,
    collate: Callable[[list[Any]], Any] | None = None,
    workers: int = 0,
) -> list[dict[str, Any]]:
    """Train a model; -> the lines of the log.  The same call goes on where the last one ended.

    loss_of(model, batch) gives the sum of the losses of a batch and the number of its targets, and
    moves the batch to the model's device; the gradient is that of the mean over all targets of a
    step.  At the end, a model that was evaluated has its best weights.
    """
    require_learning_rate(optimizer)
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    forward = torch.compile(model) if config.compile else model
    factor = partial(warmup_cosine, warmup=config.warmup, steps=config.steps)
    schedule = LambdaLR(optimizer, factor)
    state = RunState(model, optimizer, schedule, settings(model, optimizer, data, config))
    torch.manual_seed(config.seed)
    folder = None if folder is None else Path(folder)
    with nullcontext() if folder is None else only_run(folder):
        if folder is not None and (path := newest(folder)) is not None:
            state.load_state_dict(*read_checkpoint(path), source=str(path))
        order = Batches(
            len(data), config.batch_size, config.seed, state.step, config.steps, config.accumulate
        )
        batches = iter(loader(data, collate, workers, batch_sampler=order))
        with Log(folder and folder / "log.jsonl", state.log_bytes) as log:
            model.train()
            for step in tqdm(
                range(state.step, config.steps),
                initial=state.step,
                total=config.steps,
                disable=None,
            ):
                if state.waited == config.patience:
                    break
                optimizer.zero_grad()
                loss, count = 0.0, 0
                for _ in range(config.accumulate):
                    with autocast(model, config.bf16):
                        part, targets = loss_of(forward, next(batches))
                    part.backward()
                    loss, count = loss + part.detach(), count + targets
                for weight in weights:
                    if weight.grad is not None:
                        weight.grad /= count
                norm = nn.utils.clip_grad_norm_(weights, config.clip)
                line = {
                    "step": step + 1,
                    "loss": float(loss / count),
                    "lr": schedule.get_last_lr()[0],
                }
                line["gradient_norm"] = float(norm)
                require_finite(line, log)
                optimizer.step()
                schedule.step()
                state.step = step + 1
                if validation is not None and state.step % config.evaluate_every == 0:
                    parts = loader(validation, collate, workers, batch_size=config.batch_size)
                    line["validation_loss"] = evaluate(forward, loss_of, parts, config.bf16)
                    state.judge(line["validation_loss"])
                log.write(**line)
                last = state.step == config.steps or state.waited == config.patience
                if folder is not None and (last or state.step % config.save_every == 0):
                    state.log_bytes = log.size()
                    write_checkpoint(folder, state.step, *state.state_dict(), config.keep)
            state.take_best()
            return log.lines


@torch.no_grad()
def evaluate(
    model: nn.Module, loss_of: LossOf, batches: Iterable[Any], bf16: bool = False
) -> float:
    """The mean loss per target, in `eval` mode; each layer's mode is put back afterwards."""
    modes = {module: module.training for module in model.modules()}
    model.eval()
    loss, count = 0.0, 0
    for batch in batches:
        with autocast(model, bf16):
            part, targets = loss_of(model, batch)
        loss, count = loss + part, count + targets
    for module, training in modes.items():
        module.training = training
    return float(loss / count)


def loader(data, collate, workers, **how):
    """Its own generator: PyTorch's is left alone, or evaluating would change what dropout drops."""
    own = torch.Generator().manual_seed(0)
    return DataLoader(data, collate_fn=collate, num_workers=workers, generator=own, **how)


def autocast(model, bf16):
    device = next(model.parameters()).device
    return torch.autocast(device.type, torch.bfloat16, enabled=bf16)


def settings(model, optimizer, data, config):
    """What must be the same when a run goes on."""
    groups = [
        {k: v for k, v in g.items() if k not in ("params", "lr")} for g in optimizer.param_groups
    ]
    names = parameter_names(model, optimizer)
    return {
        **asdict(config),
        "examples": len(data),
        "optimizer": type(optimizer).__name__,
        "groups": groups,
        "parameters": names,
    }


def require_learning_rate(optimizer: Optimizer) -> None:
    for group in optimizer.param_groups:
        if not 0 < group["lr"] < math.inf:
            raise ValueError(f"lr={group['lr']}: give the optimizer a learning rate above 0")


def require_finite(line, log) -> None:
    if not (math.isfinite(line["loss"]) and math.isfinite(line["gradient_norm"])):
        before = [earlier["loss"] for earlier in log.lines[-3:]]
        raise FloatingPointError(
            f"step {line['step']}: the loss is {line['loss']} and the gradient's length "
            f"{line['gradient_norm']}, with lr={line['lr']}; the losses before were {before}: take "
            f"a lower learning rate, a longer warmup or a smaller clip, and look for a division by "
            f"zero or a logarithm of zero"
        )
