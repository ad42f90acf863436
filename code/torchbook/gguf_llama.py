"""A GGUF file becomes our Llama: its sizes, its tokenizer, and its weights of 4 or 8 bits.

The weights are blocks of 32 small integers, each with a scale and perhaps a shift.  The `gguf`
library reads and dequantizes them; nothing in the file can run.  Chapter: pretrained.
Source: the specification of GGUF, in the repository ggml.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from torch import Tensor, nn

from torchbook.bpe import BPE
from torchbook.gpt2_bpe import SMOLLM, printable_bpe
from torchbook.llama import Llama, LlamaConfig
from torchbook.weights import Blank, fill, join, rename

NAMES = {  # GGUF's, and ours
    r"^blk\.": "blocks.",
    "token_embd": "embed",
    "attn_norm": "attention_norm",
    "attn_output": "attention.out",
    "ffn_norm": "feed_forward_norm",
    "ffn_": "feed_forward.",
    "^output_norm": "norm",
    r"^output\.weight": "unembed.weight",
}


def llama_from_gguf(path: Path) -> tuple[Llama, BPE]:
    """The model and the tokenizer of a GGUF file of SmolLM2's kind.

    ValueError for a file that is cut off, or of a model of another kind.  Chapter: pretrained.
    """
    try:
        reader = Reader(path)
    except (ValueError, IndexError, KeyError) as error:
        raise ValueError(
            f"{path} ({path.stat().st_size} bytes) is no whole GGUF file ({error}): bring it again"
        ) from error
    metadata = {name: field.contents() for name, field in reader.fields.items() if field.data}
    config = config_of(metadata, tied="output.weight" not in {t.name for t in reader.tensors})
    with Blank():
        model = Llama(config)
    weights = {rename(tensor.name, NAMES): dequantize(tensor) for tensor in reader.tensors}
    for i in range(config.n_layer):
        parts = [f"blocks.{i}.attn_{part}.weight" for part in "qkv"]
        join(weights, parts, f"blocks.{i}.attention.qkv.weight")
    if config.tied and "embed.weight" in weights:
        weights["unembed.weight"] = weights["embed.weight"]
    fill(model, weights, str(path))
    if config.tied:
        model.unembed.weight = model.embed.weight
    pair_as_llama(model)
    by_columns(model)
    return model.eval(), tokenizer_of(metadata)


class Reader(gguf.GGUFReader):
    """gguf's reader, but its slices of the file are plain arrays: they take a third of the time."""

    @property
    def data(self) -> Any:
        return self._data

    @data.setter
    def data(self, file: np.memmap) -> None:
        self._data = file.view(np.ndarray)


def config_of(metadata: Mapping[str, Any], tied: bool) -> LlamaConfig:
    """What the metadata of a GGUF file say of the model's sizes.

    ValueError if it is no Llama, or a size is missing.  Chapter: pretrained.

    >>> config_of({"general.architecture": "gemma"}, tied=True)
    Traceback (most recent call last):
    ValueError: a model of the kind 'gemma': take a GGUF file of a Llama, such as SmolLM2
    """
    kind = metadata.get("general.architecture")
    if kind != "llama":
        raise ValueError(
            f"a model of the kind {kind!r}: take a GGUF file of a Llama, such as SmolLM2"
        )
    try:
        return LlamaConfig(
            vocab_size=len(metadata["tokenizer.ggml.tokens"]),
            context_length=metadata["llama.context_length"],
            d_model=metadata["llama.embedding_length"],
            n_head=metadata["llama.attention.head_count"],
            n_kv_head=metadata["llama.attention.head_count_kv"],
            n_layer=metadata["llama.block_count"],
            d_ff=metadata["llama.feed_forward_length"],
            rope_base=metadata["llama.rope.freq_base"],
            eps=metadata["llama.attention.layer_norm_rms_epsilon"],
            tied=tied,
        )
    except KeyError as error:
        raise ValueError(f"the GGUF file does not say {error}: take one of a Llama") from None


def tokenizer_of(metadata: Mapping[str, Any]) -> BPE:
    """The byte-level BPE of a GGUF file; ValueError for a tokenizer of another kind."""
    kind = metadata.get("tokenizer.ggml.model"), metadata.get("tokenizer.ggml.pre")
    if kind != ("gpt2", "smollm"):
        raise ValueError(f"a tokenizer of the kind {kind}: take a GGUF file of SmolLM2's family")
    tokens = metadata["tokenizer.ggml.tokens"]
    kinds = metadata["tokenizer.ggml.token_type"]
    special = [t for t, k in zip(tokens, kinds, strict=True) if k == gguf.TokenType.CONTROL]
    ids = {token: i for i, token in enumerate(tokens)}
    return printable_bpe(ids, metadata["tokenizer.ggml.merges"], SMOLLM, special)


def dequantize(tensor: gguf.ReaderTensor) -> Tensor:
    """The float32 numbers of a tensor in the file: each block's integers, scaled and shifted."""
    data = tensor.data
    if data.ndim == 2 and len(data) % 4 == 0:  # gguf takes 16 rows at a time: long ones cost less
        data = data.reshape(len(data) // 4, -1)
    numbers = gguf.dequantize(data, tensor.tensor_type)
    numbers = numbers if numbers.flags.writeable else numbers.copy()  # the file stays as it is
    return torch.from_numpy(numbers).view(*reversed(tensor.shape.tolist()))


def pair_as_llama(model: Llama) -> None:
    """Undo GGUF's order of the rows of queries and keys, in place.

    It keeps the two rows that `rotate` turns together side by side; Llama's own weights keep them
    half a head apart.
    """
    config = model.config
    turned = (config.n_head + config.n_kv_head) * config.head_dim
    for name, weight in model.state_dict().items():
        if name.endswith("qkv.weight"):
            pairs = weight[:turned].unflatten(0, (-1, config.head_dim // 2, 2))
            weight[:turned] = pairs.transpose(1, 2).flatten(0, 2)


def by_columns(model: nn.Module) -> None:
    """Store the weights of linear layers column by column in memory, where they are tall.

    Numbers and shapes stay, but a CPU multiplies them by one vector up to 1.7 times as fast, and a
    model that speaks does little else.  Before saving one, take `weight.contiguous()`.
    """
    for layer in model.modules():
        if isinstance(layer, nn.Linear) and layer.out_features > layer.in_features:
            layer.weight.data = layer.weight.data.T.contiguous().T
