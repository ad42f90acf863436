"""Weights from a file fill a model exactly, or an error says what does not fit.

Only safetensors files are read: they hold numbers, and nothing in them can run.
Chapter: pretrained.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode


def read_safetensors(path: Path) -> dict[str, Tensor]:
    """{name: tensor} of a safetensors file, as it was saved.

    ValueError if it is no such file, or is cut off.  Chapter: pretrained.

    >>> import tempfile
    >>> from safetensors.torch import save_file
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "model.safetensors")
    ...     save_file({"bias": torch.ones(2)}, path)
    ...     read_safetensors(path)
    {'bias': tensor([1., 1.])}
    """
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118, no mapping
    except SafetensorError as error:
        raise ValueError(
            f"{path} ({path.stat().st_size} bytes) is no whole safetensors file ({error}): "
            f"download it again"
        ) from error


class Blank(TorchFunctionMode):
    """`with Blank():` makes a model on the meta device, to be filled: no memory, no random numbers.

    Drawing numbers there would do nothing, but the first time load half of PyTorch's compiler.

    >>> with Blank():
    ...     layer = nn.Linear(10_000, 10_000)
    >>> layer.weight.device
    device(type='meta')
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        if func.__name__ in ("normal_", "uniform_", "kaiming_uniform_"):
            return args[0] if args else (kwargs or {})["tensor"]
        with torch.device("meta"):
            return func(*args, **(kwargs or {}))


def fill(model: nn.Module, weights: Mapping[str, Tensor], source: str) -> None:
    """The model's parameters become these tensors, as float32; every one must fit, none be left.

    The model may be on the meta device, and costs nothing until it is filled.  ValueError that
    lists the missing, the left over, and those of other shape or of whole numbers; `source` says
    in it where the weights are from.  Chapter: pretrained.

    >>> layer = nn.Linear(2, 3, bias=False, device="meta")
    >>> fill(layer, {"weight": torch.ones(3, 2)}, "the example")
    >>> layer(torch.ones(2)).tolist()
    [2.0, 2.0, 2.0]
    >>> fill(layer, {"weight": torch.ones(2, 3)}, "the example")
    Traceback (most recent call last):
    ValueError: the example does not fit Linear: weight is (2, 3), not (3, 2); take weights...
    """
    wanted = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    wrong = [
        f"{name} is {tuple(tensor.shape)}, not {wanted[name]}"
        for name, tensor in weights.items()
        if name in wanted and tuple(tensor.shape) != wanted[name]
    ]
    whole = [
        f"{name} is {tensor.dtype}, not floating point"
        for name, tensor in weights.items()
        if not tensor.is_floating_point()
    ]
    problems = [
        listed("missing: ", sorted(wanted.keys() - weights.keys())),
        listed("left over: ", sorted(weights.keys() - wanted.keys())),
        listed("", wrong),
        listed("", whole),
    ]
    if any(problems):
        raise ValueError(
            f"{source} does not fit {type(model).__name__}: {'; '.join(filter(None, problems))}; "
            f"take weights and configuration of the same model, of this kind, unaltered"
        )
    model.load_state_dict(
        {name: tensor.float().contiguous() for name, tensor in weights.items()}, assign=True
    )


def rename(name: str, patterns: Mapping[str, str]) -> str:
    """The name, with each pattern that matches exchanged for its replacement, in this order.

    >>> rename("h.0.mlp.c_fc", {r"^h\\.": "blocks.", r"mlp\\.c_fc": "feed_forward.up"})
    'blocks.0.feed_forward.up'
    """
    for pattern, ours in patterns.items():
        name = re.sub(pattern, ours, name)
    return name


def join(weights: dict[str, Tensor], parts: Sequence[str], whole: str) -> None:
    """Put tensors below each other, in place of themselves; if one is missing, `fill` will say so.

    >>> weights = {"q": torch.ones(2, 4), "k": torch.ones(1, 4)}
    >>> join(weights, ["q", "k"], "qk")
    >>> {name: tuple(tensor.shape) for name, tensor in weights.items()}
    {'qk': (3, 4)}
    """
    if weights.keys() >= set(parts) and len({weights[part].shape[1:] for part in parts}) == 1:
        weights[whole] = torch.cat([weights.pop(part) for part in parts])


def drop_copy(weights: dict[str, Tensor], copy: str, original: str) -> None:
    """Leave out a tensor that says again what another says; if it does not, `fill` will refuse it.

    >>> weights = {"embed": torch.ones(2, 2), "unembed": torch.ones(2, 2)}
    >>> drop_copy(weights, "unembed", "embed")
    >>> list(weights)
    ['embed']
    """
    if weights.keys() >= {copy, original} and torch.equal(weights[copy], weights[original]):
        del weights[copy]


def listed(title: str, names: Iterable[str]) -> str:
    """The first names of a list, and how many more there are; '' for none.

    >>> listed("missing: ", ["a", "b", "c", "d", "e"])
    'missing: a, b, c and 2 more'
    """
    (*names,) = names
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{title}{', '.join(names[:3])}{more}" if names else ""
