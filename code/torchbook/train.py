"""One loop trains them all: the parts of a batch, a step, now and then a look and a checkpoint.

Chapter: training.
"""

import math
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import Dataset
from tqdm import tqdm

from torchbook.batches import Batches, shares
from torchbook.checkpoint import write_checkpoint
from torchbook.data import length
from torchbook.distributed import exchange, full, rank, total, world
from torchbook.evaluate import Loss, autocast, evaluate
from torchbook.loader import loader, watched
from torchbook.log import Log
from torchbook.only_run import only_run
from torchbook.rank_zero import broadcast_object, on_rank_0
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
    report: Callable[[dict[str, Any]], None] | None = None,
) -> list[dict[str, Any]]:
    """Train a model; -> the lines of the log, as `read_log` gives them.

    loss_of(model, batch) -> (sum of the losses, number of targets) of a batch, which it moves to
    the model's device.  A step follows the gradient of the mean over all its targets, however its
    batch is cut into parts.  With validation data, which it looks at now and then and after the
    last step, the model ends with its best weights.

    With a folder, the run writes there a log and checkpoints, and the same call again goes on from
    the last one, to the same bits as if it had never stopped.  A dataset that draws random numbers
    in `workers` must seed them by the index, for a worker's generators are not saved.  `report`
    is given each line with a validation loss.  The processes of a `spread` model share each batch.

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
    if validation is not None and length(validation) == 0:
        raise ValueError("the validation data are empty: give some, or None")
    n = length(data)
    here = rank(), world()
    torch.manual_seed(config.seed + rank())  # other dropout in each process
    forward: Any = torch.compile(model) if config.compile else model
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    schedule = LambdaLR(optimizer, lambda t: warmup_cosine(t, config.warmup, config.steps))
    state = RunState(model, optimizer, schedule, settings(model, optimizer, config, n))
    folder = None if folder is None else Path(folder)

    with ExitStack() as stack:
        if folder is not None:
            on_rank_0(stack.enter_context, only_run(folder))
            state.load_newest(folder)
        order = Batches(
            n, config.batch_size, config.seed, state.step, config.steps, config.accumulate, *here
        )
        batches = watched(loader(data, collate, workers, order))
        look = None
        if validation is not None:
            mine = shares(length(validation), config.batch_size // config.accumulate, *here)
            look = loader(validation, collate, workers, mine)
        log_path = None if folder is None or rank() > 0 else folder / "log.jsonl"
        with Log(log_path, state.log_bytes) as log:
            model.train()
            steps = range(state.step, config.steps)
            hidden = rank() > 0 or None  # None: where there is no terminal
            for step in tqdm(steps, initial=state.step, total=config.steps, disable=hidden):
                if state.waited == config.patience:
                    break
                optimizer.zero_grad()
                loss: Tensor | float = 0.0
                count: Tensor | int = 0
                for i in range(config.accumulate):
                    with exchange(model, now=i == config.accumulate - 1):
                        with autocast(model, config.bf16):
                            part, targets = loss_of(forward, next(batches))
                        part.backward()
                    loss, count = loss + part.detach(), count + targets
                loss, count = total(loss, count)
                gradients = [weight.grad for weight in weights if weight.grad is not None]
                for gradient in gradients:
                    gradient /= float(count) / world()  # it was a mean over the processes
                norm = full(nn.utils.get_total_norm(gradients))
                nn.utils.clip_grads_with_norm_(weights, config.clip or math.inf, norm)
                line = {"step": step + 1, "loss": float(loss / count)}
                line |= {"lr": schedule.get_last_lr()[0], "gradient_norm": float(norm)}
                require_finite(line, log)
                optimizer.step()
                schedule.step()
                state.step = step + 1
                last = state.step == config.steps
                if look is not None and (last or state.step % config.evaluate_every == 0):
                    line["validation_loss"] = evaluate(forward, loss_of, watched(look), config.bf16)
                    require_finite(line, log)
                    state.judge(line["validation_loss"])
                log.write(**line)
                if report is not None and "validation_loss" in line and rank() == 0:
                    report(line)
                last = last or state.waited == config.patience
                if folder is not None and (last or state.step % config.save_every == 0):
                    state.log_bytes = log.size()
                    saved = state.state_dict()
                    on_rank_0(write_checkpoint, folder, state.step, *saved, config.keep)
            state.take_best()
            return broadcast_object(log.lines)


def require_finite(line: dict[str, float], log: Log) -> None:
    """FloatingPointError if a value of a step is infinite or no number."""
    if not all(map(math.isfinite, line.values())):
        before = [earlier["loss"] for earlier in log.lines[-3:]]
        raise FloatingPointError(
            f"not a number, or infinite: {line}; the losses before were {before}.  Take a lower "
            f"learning rate, a longer warmup or a smaller clip, in another folder; or look for a "
            f"division by 0, a logarithm of 0, a batch without targets"
        )
