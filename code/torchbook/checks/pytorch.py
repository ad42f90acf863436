"""What is wrong with an answer to an exercise of the page `pytorch`.  Chapter: pytorch."""

import contextlib
import copy
import io
import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from torchbook.checks.answers import number
from torchbook.device import device


def nudge(answer: Any) -> str | None:
    value = number(answer)
    if value is None:
        return "kind"
    wrong = {31.8: "uphill", 1.5: "whole-step", 61.5: "whole-step", 1.2: "whole-step"}
    wrong |= {-0.3: "change-only", 0.3: "change-only", 31.5: "same"}
    wrong |= {31.49: "no-gradient", 31.51: "no-gradient"}
    for typical, mistake in wrong.items():
        if abs(value - typical) < 0.005:
            return mistake
    return None if abs(value - 31.2) < 0.005 else "other"


def needs_a_number(answer: Any) -> str | None:
    try:
        letters = set(answer if isinstance(answer, str) else "".join(answer))
    except Exception:  # not a string, nor several
        return "kind"
    letters = {letter.lower() for letter in letters} - set(" ,;.()·")
    if not letters or not letters <= set("abcdef"):
        return "kind"
    for letter, mistake in {"b": "shape", "c": "arithmetic", "e": "keeping"}.items():
        if letter in letters:
            return mistake
    if "d" not in letters:
        return "choice"
    return None if letters == set("adf") else "python-value"


class Watched(nn.Module):
    """A small classifier that remembers on which device its last input was."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 4)
        self.seen = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.seen = x.device.type
        return self.layer(x)


def step(answer: Any) -> str | None:
    if not callable(answer) or isinstance(answer, type):
        return "kind"
    draw = torch.Generator().manual_seed(0)
    start = Watched()
    for p in start.parameters():
        p.data = torch.randn(p.shape, generator=draw)
    batches = [torch.randn(5, 3, generator=draw) for _ in range(2)]
    labels = torch.tensor([0, 1, 2, 3, 0])

    def same(model: nn.Module, other: nn.Module) -> bool:
        pairs = zip(model.parameters(), other.parameters(), strict=True)
        return all(torch.allclose(p, q, atol=1e-5) for p, q in pairs)

    def fresh(where: Any) -> tuple[nn.Module, torch.optim.Optimizer]:
        model = copy.deepcopy(start).to(where)
        return model, torch.optim.SGD(model.parameters(), lr=0.1)

    model, optimizer = fresh(device)
    truth, true_optimizer = fresh(device)
    for batch in batches:
        before = copy.deepcopy(model)
        x, y = batch.to(device), labels.to(device)
        true_optimizer.zero_grad()
        true_loss = F.cross_entropy(truth(x), y)
        true_loss.backward()
        true_optimizer.step()
        try:
            loss = answer(model, optimizer, batch, labels, device)
            if same(model, before):
                return "still"
            if not same(model, truth):
                return "accumulates" if batch is batches[1] else "other"
            if loss is None:
                return "nothing"
            if not isinstance(loss, torch.Tensor):
                return "waits" if number(loss) is not None else "no-loss"
            if loss.shape != () or abs(loss.item() - true_loss.item()) > 1e-4:
                return "no-loss"
        except Exception:  # the reader's code may do anything
            return "raises"

    model, optimizer = fresh("meta")
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            answer(model, optimizer, batches[0], labels, torch.device("meta"))
    except Exception as error:
        text = str(error)
        return "stays" if model.seen != "meta" or "expected device" in text else "waits"
    # printing waits for the numbers, but on `meta`, which has none, it raises nothing
    return "waits" if "device='meta'" in printed.getvalue() else None


def break_even(answer: Any) -> str | None:
    value = number(answer)
    if value is None:
        return "kind"
    if abs(value - 5000) < 1:
        return None
    wrong = {5: "units", 5e6: "units", 5e9: "units", 0.005: "units", 5e-9: "units", 5e-6: "units"}
    wrong |= {10_000: "double", 2500: "half"}
    for typical, mistake in wrong.items():
        if math.isclose(value, typical, rel_tol=1e-3):
            return mistake
    return "other"
