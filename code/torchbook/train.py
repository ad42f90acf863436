"""One loop trains them all: the parts of a batch, a step, now and then a look and a checkpoint.

Chapter: training.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import nullcontext
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
from torchbook.evaluate import Loss, autocast, evaluate
from torchbook.log import Log
from torchbook.run_state import RunState
from torchbook.same_run import settings
from torchbook.schedule import warmup_cosine
from torchbook.train_config import TrainConfig, require_learning_rates


def train(
    model: nn.Module,
    optimizer: Optimizer,
    loss_of: Loss,
    data: Dataset[Any],
    validation: Dataset[Any] | None,
    config: TrainConfig,
    folder: str | Path | None = None,
    collate: Callable[[list[Any]], Any] | None = None,
    workers: int = 0,
) -> list[dict[str, Any]]:
    """Train a model; -> the lines of the log, as `read_log` gives them.

    loss_of(model, batch) -> (sum of the losses, number of targets) of a batch, which it moves to
    the model's device.  A step follows the gradient of the mean over all its targets, however its
    batch is cut into parts.  With validation data, the model ends with its best weights.

    With a folder, the run writes there a log and checkpoints, and the same call again goes on from
    the last one, to the same bits as if it had never stopped.  A dataset that draws random numbers
    in `workers` must seed them by the index, for a worker's generators are not saved.

    ValueError for data, settings, a model or a checkpoint that do not fit; FloatingPointError if
    the loss is no number; OSError if the folder cannot be written; RuntimeError if another run is
    in it.  Chapter: training.

    >>> def squares(model, batch):
    ...     x, y = batch
    ...     return (model(x) - y).square().sum(), len(x)
    >>> x = torch.linspace(-1, 1, 20)[:, None]
    >>> data = torch.utils.data.TensorDataset(x, 3 * x + 1)
    >>> line = nn.Linear(1, 1)
    >>> optimizer = torch.optim.Adam(line.parameters(), lr=0.1)
    >>> log = train(line, optimizer, squares, data, None, TrainConfig(steps=200, batch_size=10))
    >>> log[-1]["step"], round(line.weight.item(), 2), round(line.bias.item(), 2)
    (200, 3.0, 1.0)
    """
    require_learning_rates(optimizer)
    if validation is not None and len(validation) == 0:  # type: ignore[arg-type]
        raise ValueError("the validation data are empty: give some, or None")
    n = len(data)  # type: ignore[arg-type]
    torch.manual_seed(config.seed)
    forward: Any = torch.compile(model) if config.compile else model
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    schedule = LambdaLR(optimizer, lambda t: warmup_cosine(t, config.warmup, config.steps))
    state = RunState(model, optimizer, schedule, settings(model, optimizer, config, n))
    folder = None if folder is None else Path(folder)

    with nullcontext() if folder is None else only_run(folder):
        if folder is not None and (path := newest(folder)) is not None:
            state.load_state_dict(*read_checkpoint(path), source=str(path))
        order = Batches(
            n, config.batch_size, config.seed, state.step, config.steps, config.accumulate
        )
        batches = load(data, collate, workers, batch_sampler=order)
        log_path = None if folder is None else folder / "log.jsonl"
        with Log(log_path, state.log_bytes) as log:
            model.train()
            steps = range(state.step, config.steps)
            for step in tqdm(steps, initial=state.step, total=config.steps, disable=None):
                if state.waited == config.patience:
                    break
                optimizer.zero_grad()
                loss: Tensor | float = 0.0
                count: Tensor | int = 0
                for _ in range(config.accumulate):
                    with autocast(model, config.bf16):
                        part, targets = loss_of(forward, next(batches))
                    part.backward()
                    loss, count = loss + part.detach(), count + targets
                for weight in weights:
                    if weight.grad is not None:
                        weight.grad /= count
                norm = nn.utils.clip_grad_norm_(weights, config.clip or math.inf)
                line = {"step": step + 1, "loss": float(loss / count)}
                line |= {"lr": schedule.get_last_lr()[0], "gradient_norm": float(norm)}
                require_finite(line, log)
                optimizer.step()
                schedule.step()
                state.step = step + 1
                if validation is not None and state.step % config.evaluate_every == 0:
                    parts = load(validation, collate, workers, batch_size=config.batch_size)
                    line["validation_loss"] = evaluate(forward, loss_of, parts, config.bf16)
                    require_finite(line, log)
                    state.judge(line["validation_loss"])
                log.write(**line)
                last = state.step == config.steps or state.waited == config.patience
                if folder is not None and (last or state.step % config.save_every == 0):
                    state.log_bytes = log.size()
                    write_checkpoint(folder, state.step, *state.state_dict(), config.keep)
            state.take_best()
            return log.lines


def load(
    data: Dataset[Any], collate: Callable[[list[Any]], Any] | None, workers: int, **how: Any
) -> Iterator[Any]:
    """The batches of a DataLoader; if a worker fails, its error says what to do."""
    own = torch.Generator().manual_seed(0)  # from PyTorch's it would draw a seed, every time
    try:
        yield from DataLoader(data, collate_fn=collate, num_workers=workers, generator=own, **how)
    except RuntimeError as error:
        if workers:
            error.add_note(
                f"One of workers={workers} failed.  If it was killed, memory may have run out: take "
                f"fewer; with workers=0 you see where an error is raised.  Started again, a run "
                f"with a folder goes on from its last checkpoint."
            )
        raise


def require_finite(line: dict[str, float], log: Log) -> None:
    """FloatingPointError if a value of a step is infinite or no number."""
    if not all(map(math.isfinite, line.values())):
        before = [earlier["loss"] for earlier in log.lines[-3:]]
        raise FloatingPointError(
            f"not a number, or infinite: {line}; the losses before were {before}.  Take a lower "
            f"learning rate, a longer warmup or a smaller clip, in another folder; or look for a "
            f"division by 0, a logarithm of 0, a batch without targets"
        )
