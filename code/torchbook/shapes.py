"""See the shape of every tensor that passes through a model, module by module.

Chapter: shapes.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn


class _Call:
    """One call of one module: what went in, what came out, and the calls made meanwhile."""

    def __init__(self, name: str, module: nn.Module, inputs: str) -> None:
        self.name, self.module, self.inputs = name, module, inputs
        self.output: str | None = None  # until it returns, and for ever if it raises
        self.handling = sys.exception()
        self.inner: list[_Call] = []


@contextmanager
def show_shapes(model: nn.Module) -> Iterator[None]:
    """Inside the block, every call of the model prints a line for each module that it calls.

    The line says the module's name and class, the shapes that went in and came out, and how many
    parameters it has with those inside it.  A module inside another is indented under it, in the
    order of execution, as often as it is called.  `describe` says how values are written.

    Lines appear when the outermost call ends.  If it raises, they show how far it came: `failed`
    stands at the innermost module that was under way, `...` at those around it.  Afterwards the
    model has no hook of ours, also when it raised.  ValueError if `model` is not a module.
    Chapter: shapes.

    >>> model = nn.Sequential(nn.Linear(20, 30), nn.ReLU())
    >>> with show_shapes(model):
    ...     y = model(torch.zeros(5, 20))
    Sequential   (5, 20) -> (5, 30)  630 parameters
      0: Linear  (5, 20) -> (5, 30)  630 parameters
      1: ReLU    (5, 30) -> (5, 30)
    """
    if not isinstance(model, nn.Module):
        raise ValueError(f"{model!r} is not an nn.Module: give the model itself")
    running: list[_Call] = []  # the outermost first

    def enter(name: str, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        given = [describe(value) for value in args]
        given += [f"{key}={describe(value)}" for key, value in kwargs.items()]
        call = _Call(name, module, ", ".join(given))
        if running:
            running[-1].inner.append(call)
        running.append(call)

    def leave(module: nn.Module, args: Any, output: Any) -> None:
        call = running.pop()
        if sys.exception() is call.handling:  # otherwise the module has just raised another
            call.output = describe(output)
        if not running:
            _print(call)

    handles = []
    for name, module in model.named_modules():

        def before(m: nn.Module, args: Any, kwargs: Any, name: str = name) -> None:
            enter(name, m, args, kwargs)

        handles.append(module.register_forward_pre_hook(before, with_kwargs=True))
        handles.append(module.register_forward_hook(leave, always_call=True))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
        if running:  # stopped from outside, by Ctrl-C for instance
            _print(running[0])


def describe(value: Any) -> str:
    """A tensor by its shape, and what holds tensors by those in it.

    [a, b] is a list or tuple, {key: a} a dictionary, Cache(k=a) an object with tensors among its
    attributes.  Numbers and None are themselves, other things their class.  Chapter: shapes.

    >>> describe((torch.zeros(2, 3), {"mask": None, "p": 0.5}))
    '[(2, 3), {mask: None, p: 0.5}]'
    """
    if isinstance(value, torch.Tensor):
        return str(tuple(value.shape))
    if value is None or isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {describe(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(describe, value)) + "]"
    tensors = {k: v for k, v in getattr(value, "__dict__", {}).items() if torch.is_tensor(v)}
    held = ", ".join(f"{name}={describe(tensor)}" for name, tensor in tensors.items())
    return type(value).__name__ + (f"({held})" if held else "")


def _print(root: _Call) -> None:
    rows: list[tuple[str, str, str]] = []

    def add(call: _Call, around: str, depth: int) -> None:
        kind = type(call.module).__name__
        short = call.name.removeprefix(f"{around}." if around else "")
        label = "  " * depth + (f"{short}: {kind}" if short else kind)
        unfinished = "..." if call.inner and call.inner[-1].output is None else "failed"
        output = unfinished if call.output is None else call.output
        count = sum(p.numel() for p in call.module.parameters() if not nn.parameter.is_lazy(p))
        rows.append((label, f"{call.inputs} -> {output}", f"{count:,} parameters" if count else ""))
        for inner in call.inner:
            add(inner, call.name, depth + 1)

    add(root, "", 0)
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for label, shapes, count in rows:
        print(f"{label:{widths[0]}}  {shapes:{widths[1]}}  {count}".rstrip())
