"""A pretrained model is two files: config.json, the sizes, and model.safetensors, the weights.

They lie in a folder, or on the Hugging Face hub under a name such as `gpt2`.
Chapter: pretrained.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from torchbook.packaged import check_sha256
from torchbook.weights import read_safetensors


def read_pretrained(
    name: str | Path, revision: str | None = None, sha256: str | None = None
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The configuration and the weights of a folder or of a name on the hub.

    From the hub, give the revision (a commit) and the SHA-256 of model.safetensors, which that page
    shows: then nobody can change what you load.  FileNotFoundError, with the command that brings
    it, for what is not there; ValueError for what is cut off, altered or no checkpoint.
    Chapter: pretrained.

    >>> import tempfile, torch
    >>> from safetensors.torch import save_file
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "config.json").write_text('{"model_type": "gpt2"}')
    ...     save_file({"bias": torch.ones(2)}, Path(folder, "model.safetensors"))
    ...     read_pretrained(folder)
    ({'model_type': 'gpt2'}, {'bias': tensor([1., 1.])})
    """
    config, weights = (found(name, file, revision) for file in ("config.json", "model.safetensors"))
    if sha256 is not None:
        check_sha256(weights, sha256, f"download it again, of the revision you mean ({revision})")
    return read_config(config), read_safetensors(weights)


def read_config(path: Path) -> dict[str, Any]:
    """A config.json; ValueError if it is cut off, or is not one."""
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is no whole JSON ({error}): download it again") from error
    if not isinstance(config, dict):
        raise ValueError(f"{path} holds {config!r:.50}, no settings: take a model's config.json")
    return config


def found(name: str | Path, file: str, revision: str | None = None) -> Path:
    """Where a file of a checkpoint lies, brought from the hub if `name` is no folder here."""
    folder = Path(name)
    if folder.is_dir():
        if (folder / file).is_file():
            return folder / file
        others = ", ".join(sorted(path.name for path in folder.iterdir())) or "nothing"
        raise FileNotFoundError(
            f"{folder} has no {file}, but {others}: save the model there with `save_pretrained`; "
            f"a pytorch_model.bin is not read, since it may hold code"
        )
    from huggingface_hub import hf_hub_download  # half a second, paid by those who ask the hub
    from huggingface_hub.errors import EntryNotFoundError, HFValidationError

    try:
        return Path(hf_hub_download(str(name), file, revision=revision))
    except (OSError, EntryNotFoundError, HFValidationError) as error:
        reason = (str(error).splitlines() or [""])[0]
        raise FileNotFoundError(
            f"{name!r} is no folder here, and no {file} came from the hub ({reason}): where there "
            f"is a network, run `hf download {name} config.json model.safetensors --local-dir "
            f"FOLDER`, and give FOLDER"
        ) from error


def require(config: Mapping[str, Any], **allowed: tuple[Any, ...]) -> None:
    """ValueError if a setting has a value that our model does not have; one not said is fine.

    >>> require({"model_type": "bert"}, model_type=("gpt2",))
    Traceback (most recent call last):
    ValueError: model_type='bert' in config.json, not 'gpt2': take a checkpoint of that kind
    """
    for name, values in allowed.items():
        if config.get(name, values[0]) not in values:
            raise ValueError(
                f"{name}={config[name]!r} in config.json, not "
                f"{' or '.join(map(repr, values))}: take a checkpoint of that kind"
            )


def size(config: Mapping[str, Any], name: str) -> int:
    """A whole number above 0 of the configuration; ValueError if it is none, or is not there.

    >>> size({"n_layer": 12}, "n_layer")
    12
    """
    value = config.get(name)
    if type(value) is not int or value < 1:
        raise ValueError(f"{name}={value!r} in config.json: it must be a whole number above 0")
    return value
