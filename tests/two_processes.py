"""A small run that test_distributed.py makes in its own process, and in two that torchrun starts.

    torchrun --standalone --nproc-per-node=2 tests/two_processes.py FOLDER {together,kill,raise}

What they find, rank 0 leaves in FOLDER as files, for the tests to compare.
"""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F

from torchbook.distributed import exchange, processes, rank, spread
from torchbook.gpt import GPT, GPTConfig
from torchbook.optimizer_state import bare
from torchbook.padding import language_batch
from torchbook.rank_zero import on_rank_0, whole
from torchbook.train import TrainConfig, train

STEPS = 12
CONFIG = TrainConfig(
    steps=STEPS,
    batch_size=6,
    warmup=2,
    accumulate=2,
    clip=0.5,  # so that most gradients are shortened
    evaluate_every=4,
    save_every=3,
    patience=3,
)
KINDS = {"ddp": False, "fsdp": True}


def torchrun(*arguments: str | Path) -> tuple[int, str]:
    """The exit status and all that was printed.  The port is any that is free."""
    two = "--standalone", "--nproc-per-node=2"
    process = subprocess.Popen(
        [sys.executable, "-m", "torch.distributed.run", *two, *map(str, arguments)],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        output, _ = process.communicate(timeout=300)
    except subprocess.TimeoutExpired:
        process.terminate()  # torchrun ends its processes
        output, _ = process.communicate()
        raise AssertionError(f"two processes wait for each other: {output}") from None
    return process.returncode, output


class Interrupted(Exception):
    pass


def texts(n: int, seed: int) -> list[torch.Tensor]:
    """Texts of 2 to 9 ids: a batch has other numbers of targets in each process and part."""
    with torch.device("cpu"):
        generator = torch.Generator().manual_seed(seed)
        lengths = torch.randint(2, 10, (n,), generator=generator).tolist()
        return [torch.randint(11, (length,), generator=generator) for length in lengths]


def loss_of(model, batch):
    ids, targets = batch
    logits = model(ids)
    return F.cross_entropy(logits.mT, targets, reduction="sum"), (targets >= 0).sum()


def stop_at(step: int, stop):
    """`loss_of`, but before the backward pass of that step, the first being 0, stop() is called."""
    calls = 0

    def counted(model, batch):
        nonlocal calls
        if model.training:
            calls += 1
            if calls == step * CONFIG.accumulate + 1:
                stop()
        return loss_of(model, batch)

    return counted


def interrupt():
    raise Interrupted


def run(folder=None, *, sharded=False, p_drop=0.0, loss=loss_of, config=CONFIG, sgd=False):
    """The log, and in rank 0 the weights, of one run; each process begins with other weights."""
    with torch.device("cpu"):
        torch.manual_seed(rank())
        sizes = GPTConfig(
            vocab_size=11, context_length=8, d_model=8, n_head=2, n_layer=2, p_drop=p_drop
        )
        model = spread(GPT(sizes).double(), sharded)
        if sgd:  # a step is minus the gradient
            optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
        else:  # eps is large, for Adam divides by it the rounding of gradients that are zero
            optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, eps=1e-3)
        data, validation = texts(20, seed=1), texts(7, seed=2)
        log = train(
            model, optimizer, loss, data, validation, config, folder, collate=language_batch
        )
        return log, whole(bare(model).state_dict())


def one_step() -> TrainConfig:
    return replace(CONFIG, steps=1, warmup=0, clip=None)


def interrupted(folder, **how) -> None:
    """A run that stops in step 8, two after its last checkpoint."""
    try:
        run(folder, loss=stop_at(8, interrupt), **how)
    except Interrupted:
        return
    raise AssertionError("the run was not interrupted")


def keep(folder: Path, name: str, result) -> None:
    if rank() == 0:
        torch.save(result, folder / f"{name}.pt")


def gathered(value) -> list:
    values = [None] * 2
    dist.all_gather_object(values, value)
    return values


def full_disk():
    raise OSError("the disk is full")


def refused() -> str:
    try:
        on_rank_0(full_disk)
    except OSError as error:
        return f"{type(error).__name__}: {error}"
    return "nothing"


def gradients(now: bool) -> list:
    """What `.grad` holds in each process after one that exchanges, or does not."""
    layer = spread(torch.nn.Linear(1, 1, bias=False))
    with exchange(layer, now):
        layer(torch.tensor([[1.0 + rank()]])).sum().backward()
    return gathered(next(layer.parameters()).grad.item())


def first_draw() -> float:
    """The first random number of a run, which dropout would draw."""
    drawn = []

    def drawing(model, batch):
        drawn.append(torch.rand(()).item())
        return loss_of(model, batch)

    run(loss=drawing, config=one_step())
    return drawn[0]


def together(folder: Path) -> None:
    keep(folder, "refused", gathered(refused()))
    keep(folder, "gradients", [gradients(now) for now in (True, False)])
    keep(folder, "draws", gathered(first_draw()))
    for kind, sharded in KINDS.items():
        keep(folder, f"step-{kind}", run(sharded=sharded, sgd=True, config=one_step()))
        keep(folder, f"run-{kind}", run(sharded=sharded))
        interrupted(folder / f"two-{kind}", sharded=sharded)  # one process goes on from there
        keep(folder, f"from-one-{kind}", run(folder / f"one-{kind}", sharded=sharded))
        keep(folder, f"dropout-{kind}", run(sharded=sharded, p_drop=0.2))
        interrupted(folder / f"same-{kind}", sharded=sharded, p_drop=0.2)
        keep(folder, f"same-{kind}", run(folder / f"same-{kind}", sharded=sharded, p_drop=0.2))
    for how in "kill", "raise":
        keep(folder, how, run(folder / how, p_drop=0.2))


def fail(folder: Path, how: str) -> None:
    def stop():
        dist.barrier()
        if rank() == 1:
            (folder / f"{how}.time").write_text(str(time.time()))
            if how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            raise ValueError("the data have a hole")

    run(folder / how, p_drop=0.2, loss=stop_at(8, stop))


if __name__ == "__main__":
    with processes(torch.device("cpu")):
        place, what = Path(sys.argv[1]), sys.argv[2]
        together(place) if what == "together" else fail(place, what)
