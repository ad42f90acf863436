"""Checkpoints of GPT-2's and BERT's kind compute in our models what they do in transformers'."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
import torch
import transformers
from huggingface_hub.errors import LocalEntryNotFoundError, RepositoryNotFoundError
from meta import refuse_cpu
from safetensors.torch import load_file, save_file
from torch.testing import assert_close

from torchbook.pretrained import load_gpt
from torchbook.pretrained_bert import load_bert, load_masked_lm

pytestmark = pytest.mark.usefixtures("on_the_cpu")
with torch.device("cpu"):
    IDS = torch.arange(24).view(3, 8)
    MASK = torch.arange(8) < torch.tensor([[8], [5], [1]])
GPT2 = transformers.GPT2Config(vocab_size=30, n_positions=10, n_embd=24, n_head=3, n_layer=2)
BERT = transformers.BertConfig(
    vocab_size=30,
    max_position_embeddings=10,
    hidden_size=24,
    intermediate_size=96,
    num_attention_heads=3,
    num_hidden_layers=2,
)
KINDS = {
    "gpt2": (transformers.GPT2LMHeadModel, GPT2, load_gpt),
    "gpt2 without head": (transformers.GPT2Model, GPT2, load_gpt),
    "bert": (transformers.BertModel, BERT, load_bert),
    "bert with head": (transformers.BertForPreTraining, BERT, load_bert),
    "masked": (transformers.BertForMaskedLM, BERT, load_masked_lm),
    "masked, two heads": (transformers.BertForPreTraining, BERT, load_masked_lm),
}


def theirs_in(folder: Path, kind: str):
    """A random model of transformers, none of its numbers 0 or 1, saved in the folder."""
    make, config, _ = KINDS[kind]
    theirs = make(config).eval()
    with torch.no_grad():
        for weight in theirs.parameters():
            weight.normal_(std=0.3)
    theirs.save_pretrained(folder)
    return theirs


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """{kind: (model of transformers, folder)}; do not write there."""
    folders = {kind: tmp_path_factory.mktemp("saved") for kind in KINDS}
    return {kind: (theirs_in(folder, kind), folder) for kind, folder in folders.items()}


@pytest.fixture
def folder(saved, tmp_path):
    """A copy of the checkpoint of a GPT-2, to be spoilt."""
    return Path(shutil.copytree(saved["gpt2"][1], tmp_path / "gpt2"))


def outputs(kind: str, theirs, ours) -> tuple[torch.Tensor, torch.Tensor]:
    found = theirs(IDS, attention_mask=MASK.long())
    if kind == "gpt2 without head":
        return found.last_hidden_state @ theirs.wte.weight.T, ours(IDS, MASK)
    if kind == "bert with head":
        return theirs.bert(IDS, attention_mask=MASK.long()).last_hidden_state, ours(IDS, MASK)
    for name in "logits", "prediction_logits", "last_hidden_state":
        if name in found:
            return found[name], ours(IDS, MASK)
    raise AssertionError(found.keys())


@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_a_checkpoint_computes_what_it_does_in_transformers(saved, kind):
    theirs, folder = saved[kind]
    expected, ours = outputs(kind, theirs, KINDS[kind][2](folder))
    assert expected.std() > 0.1
    assert_close(ours[MASK], expected[MASK], rtol=0, atol=1e-4)


@torch.no_grad()
def test_the_names_of_the_oldest_files_are_read_too(saved, tmp_path):
    theirs, folder = saved["masked"]
    shutil.copy(folder / "config.json", tmp_path)
    old = load_file(folder / "model.safetensors")
    for name in list(old):
        if "LayerNorm" in name:
            older = name.replace(".weight", ".gamma").replace(".bias", ".beta")
            old[older] = old.pop(name)
    old["bert.embeddings.position_ids"] = torch.arange(10)[None]
    old["cls.predictions.decoder.weight"] = old["bert.embeddings.word_embeddings.weight"].clone()
    save_file(old, tmp_path / "model.safetensors")
    assert_close(load_masked_lm(tmp_path)(IDS), theirs(IDS).logits, rtol=0, atol=1e-4)


def test_half_precision_becomes_float32(folder):
    path = folder / "model.safetensors"
    half = {name: weight.half() for name, weight in load_file(path).items()}
    save_file(half, path)
    model = load_gpt(folder)
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}
    assert torch.equal(model.embed.weight, half["transformer.wte.weight"].float())


def test_it_is_ready_to_be_asked_and_can_be_trained(folder):
    model = load_gpt(folder, p_drop=0.5)
    assert not model.training
    assert torch.equal(model(IDS), model(IDS))
    assert all(weight.requires_grad for weight in model.parameters())
    model.train()
    model(IDS).sum().backward()
    assert not torch.equal(model(IDS), model(IDS))


def test_it_goes_to_another_device(folder):
    model = load_gpt(folder)
    with refuse_cpu() as meta:
        assert model.to(meta)(IDS.to(meta)).device == meta


def test_a_name_is_brought_from_the_hub(saved, monkeypatch):
    theirs, folder = saved["gpt2"]
    asked = []

    def download(repo_id, filename, *, revision):
        asked.append((repo_id, filename, revision))
        return str(folder / filename)

    monkeypatch.setattr("huggingface_hub.hf_hub_download", download)
    assert_close(load_gpt("some/model", revision="abc")(IDS), theirs(IDS).logits, rtol=0, atol=1e-4)
    assert asked == [("some/model", f, "abc") for f in ("config.json", "model.safetensors")]


@pytest.mark.parametrize("error", [LocalEntryNotFoundError, RepositoryNotFoundError, OSError])
def test_what_is_not_found_names_the_command_that_brings_it(monkeypatch, error):
    def download(*_, **__):
        raise (
            error.__new__(error, "no way there")
            if error is RepositoryNotFoundError
            else error("no way there")
        )

    monkeypatch.setattr("huggingface_hub.hf_hub_download", download)
    command = "hf download some/model config.json model.safetensors --local-dir FOLDER"
    with pytest.raises(FileNotFoundError, match=f"'some/model' is no folder here.*`{command}`"):
        load_gpt("some/model")


def test_a_name_that_the_hub_cannot_have_is_not_found():
    with pytest.raises(FileNotFoundError, match=r"'\./no/such/folder' is no folder here"):
        load_gpt("./no/such/folder")


def test_pickled_weights_are_not_read(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(FileNotFoundError, match=r"no model.safetensors, but config.json.*code"):
        load_gpt(folder)


def test_the_sha256_is_checked_if_given(folder):
    right = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    load_gpt(folder, sha256=right)
    with pytest.raises(ValueError, match=f"has the SHA-256 {right}, not 00.*download it again"):
        load_gpt(folder, sha256="00")


@pytest.mark.parametrize("cut", [0, 4, 100, -1], ids="to {} bytes".format)
def test_a_file_that_is_cut_off_is_refused(folder, cut):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ValueError, match=r"no whole safetensors file .*download it again"):
        load_gpt(folder)


def test_a_pickle_by_the_name_of_safetensors_is_refused(folder):
    torch.save({"transformer.wte.weight": torch.ones(2)}, folder / "model.safetensors")
    with pytest.raises(ValueError, match="no whole safetensors file"):
        load_gpt(folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"model_type": "gp', "no whole JSON .*download it again"),
        ("\xff", "no whole JSON"),
        ("[]", r"holds \[\], no settings"),
        ("{}", "n_embd=None in config.json: it must be a whole number above 0"),
    ],
)
def test_a_configuration_that_is_none_is_refused(folder, text, message):
    (folder / "config.json").write_text(text, encoding="latin-1")
    with pytest.raises(ValueError, match=message):
        load_gpt(folder)


@pytest.mark.parametrize(
    ("kind", "setting", "message"),
    [
        ("gpt2", {"model_type": "llama"}, "model_type='llama' in config.json, not 'gpt2': take"),
        ("gpt2", {"n_inner": 50}, "n_inner=50 in config.json, not None or 96"),
        ("gpt2", {"activation_function": "relu"}, "activation_function='relu'"),
        ("gpt2", {"scale_attn_by_inverse_layer_idx": True}, "scale_attn_by_inverse_layer_idx=True"),
        ("gpt2", {"n_head": 5}, "d_model=24 is not a multiple of n_head=5"),
        ("gpt2", {"vocab_size": "many"}, "vocab_size='many' in config.json"),
        ("gpt2", {"n_positions": 9}, r"position.weight is \(10, 24\), not \(9, 24\)"),
        ("gpt2", {"n_layer": 1}, r"left over: blocks.1.attention.out.bias, .* and 9 more"),
        ("gpt2", {"n_layer": 3}, r"missing: blocks.2.attention.out.bias, .* and 9 more; take"),
        ("bert", {"model_type": "roberta"}, "model_type='roberta' in config.json, not 'bert'"),
        ("bert", {"hidden_act": "relu"}, "hidden_act='relu' in config.json, not 'gelu'"),
        ("bert", {"intermediate_size": 50}, "intermediate_size=50 in config.json, not 96"),
        ("bert", {"num_hidden_layers": 3}, "missing: blocks.2.attention.out.bias"),
    ],
)
def test_a_checkpoint_of_another_model_is_refused(saved, tmp_path, kind, setting, message):
    folder = shutil.copytree(saved[kind][1], tmp_path / kind)
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | setting), encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        KINDS[kind][2](folder)


QKV = "transformer.h.1.attn.c_attn.weight"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda w: w.pop(QKV), "does not fit GPT: missing: blocks.1.attention.qkv.weight; take"),
        (lambda w: w.update(new=torch.ones(1)), "left over: new; take"),
        (lambda w: w.update({QKV: w[QKV].T.contiguous()}), r"is \(24, 72\), not \(72, 24\)"),
        (lambda w: w.update({QKV: torch.ones(72)}), r"qkv.weight is \(72,\), not \(72, 24\)"),
        (lambda w: w.update({QKV: w[QKV].int()}), "is torch.int32, not floating point"),
        (lambda w: w.update({"lm_head.weight": torch.ones(30, 24)}), "left over: lm_head.weight"),
    ],
)
def test_tensors_that_do_not_fit_are_named(folder, change, message):
    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors")
    with pytest.raises(ValueError, match=message):
        load_gpt(folder)


@pytest.mark.parametrize("part", ["query", "key"])
def test_a_missing_part_of_berts_attention_is_named(saved, tmp_path, part):
    folder = shutil.copytree(saved["bert"][1], tmp_path / "bert")
    weights = load_file(folder / "model.safetensors")
    del weights[f"encoder.layer.0.attention.self.{part}.weight"]
    save_file(weights, folder / "model.safetensors")
    with pytest.raises(ValueError, match=r"missing: blocks.0.attention.qkv.weight; left over: "):
        load_bert(folder)


def test_the_causal_masks_of_the_hubs_gpt2_are_left_out(saved, folder):
    weights = load_file(folder / "model.safetensors")
    for i in range(2):
        weights[f"transformer.h.{i}.attn.bias"] = torch.ones(1, 1, 10, 10).tril()
        weights[f"transformer.h.{i}.attn.masked_bias"] = torch.tensor(-1e4)
    bare = {name.removeprefix("transformer."): weight for name, weight in weights.items()}
    save_file(bare, folder / "model.safetensors")
    assert_close(load_gpt(folder)(IDS), saved["gpt2"][0](IDS).logits, rtol=0, atol=1e-4)
