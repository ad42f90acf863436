"""The run that tests/test_resume.py kills, and how a process of its own runs it to the end.

In it is all that a resume could forget: dropout, accumulation, momentum, warm-up, a loss that draws
from Python's and NumPy's generators, early stopping, the best weights.  And it saves at each step.
"""

import multiprocessing
import os
import random
import signal
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn
from torch.utils.data import TensorDataset

from torchbook.train import train
from torchbook.train_config import TrainConfig

torch.set_num_threads(1)  # a forked process cannot use the threads of the one that it comes from


def noisy_loss(model, batch):
    x, y = batch
    noise = random.random() + np.random.random()  # noqa: NPY002, as a library would draw it
    logits = model(x + 0.01 * noise * model.training)
    return F.cross_entropy(logits, y, reduction="sum"), len(y)


def examples(n: int) -> TensorDataset:
    x = torch.randn(n, 16, generator=torch.Generator().manual_seed(n))
    return TensorDataset(x, (x[:, :4] + 0.5 * x[:, 4:8]).argmax(dim=1))


def run(folder: Path | None, workers: int = 0) -> tuple[nn.Module, list[dict]]:
    """It would make 60 steps, but gives up before."""
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(16, 256), nn.ReLU(), nn.Dropout(0.2), nn.Linear(256, 4))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.02)
    every = {"evaluate_every": 2, "patience": 20, "save_every": 1}
    config = TrainConfig(60, batch_size=9, warmup=5, accumulate=2, clip=0.5, **every)
    data, validation = examples(64), examples(32)
    log = train(model, optimizer, noisy_loss, data, validation, config, folder, workers=workers)
    return model, log


def run_to_the_end(folder: Path, workers: int = 0, fatal: int | None = None) -> None:
    """Run, and save the final weights beside the log; `fatal` is the number of the operation on
    the folder's files that the process does not survive."""
    multiprocessing.set_start_method("fork", force=True)  # of the workers: the fastest
    if fatal is not None:
        kill_at(folder, fatal)
    model, _ = run(folder, workers)
    save_file(model.state_dict(), folder / "final.safetensors")


def kill_at(folder: Path, fatal: int) -> None:
    """Python tells of each file that it opens, renames or deletes; then it is too late."""
    left = fatal

    def told(event: str, arguments: tuple) -> None:
        nonlocal left
        if arguments and isinstance(arguments[0], str | os.PathLike):
            left -= os.fspath(arguments[0]).startswith(str(folder))
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(told)


run(None)  # PyTorch imports some of itself only when it is used: once, before there are forks
