"""LoRA changes nothing at the start, learns with few numbers, and can be merged back."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from meta import refuse_cpu
from torch import nn
from torch.testing import assert_close

from torchbook.gpt import GPT, GPTConfig
from torchbook.llama import Llama, LlamaConfig
from torchbook.lora import LoRA, add_lora, merge_lora

IDS = torch.arange(12).view(2, 6)
NAMES = "attention.qkv", "attention.out"


def gpt() -> nn.Module:
    return GPT(GPTConfig(vocab_size=20, context_length=8, d_model=16, n_head=2, n_layer=2))


def llama() -> nn.Module:
    return Llama(
        LlamaConfig(20, 8, d_model=16, n_head=4, n_kv_head=2, n_layer=2, d_ff=24, tied=True)
    )


def train(model: nn.Module, steps: int) -> list[float]:
    learning = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=0.03)
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(IDS[:, :-1]).flatten(0, 1), IDS[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@pytest.mark.parametrize("make", [gpt, llama])
@torch.no_grad()
def test_nothing_changes_at_the_start(make):
    model = make()
    before = model(IDS)
    add_lora(model, NAMES, rank=4)
    assert torch.equal(model(IDS), before)


@pytest.mark.parametrize("make", [gpt, llama])
def test_only_a_and_b_learn_and_they_are_few(make):
    model = make()
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    count = add_lora(model, NAMES, rank=2)
    assert count == sum(w.numel() for n, w in model.named_parameters() if n.endswith((".A", ".B")))
    assert count < sum(weight.numel() for weight in before.values()) / 4
    losses = train(model, steps=40)
    assert losses[-1] < losses[0] - 0.1  # of a model that was random
    after = {n.replace(".linear.", "."): w for n, w in model.state_dict().items()}
    for name, weight in before.items():
        assert torch.equal(after[name], weight), name


@pytest.mark.parametrize("names", [NAMES, ("unembed",), ("up", "down")], ids=str)
def test_merged_it_is_the_adapted_model(names):
    model = llama()
    kinds = [type(module) for module in model.modules()]
    add_lora(model, names, rank=2, alpha=3.0)
    train(model, steps=3)
    adapted = model(IDS)
    merge_lora(model)
    assert [type(module) for module in model.modules()] == kinds
    assert_close(model(IDS), adapted, rtol=0, atol=1e-5)


@given(rank=st.integers(1, 5), alpha=st.floats(0.1, 10), bias=st.booleans())
@settings(max_examples=10, derandomize=True, deadline=None)
def test_it_adds_alpha_over_rank_times_b_times_a(rank, alpha, bias):
    linear, x = nn.Linear(4, 3, bias=bias).double(), torch.randn(2, 4).double()
    layer = LoRA(linear, rank, alpha)
    nn.init.normal_(layer.B)
    expected = linear(x) + alpha / rank * x @ (layer.B @ layer.A).T
    assert_close(layer(x), expected)
    assert_close(layer.merge()(x), expected)


def test_the_gradient_is_the_one_of_finite_differences():
    layer = LoRA(nn.Linear(3, 2).double(), rank=2)
    nn.init.normal_(layer.B)
    x = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x, *_: layer(x), (x, layer.A, layer.B))


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="rank=0: choose 1 or more"):
        LoRA(nn.Linear(2, 2), rank=0)
    with pytest.raises(ValueError, match=r"ends in \('q_proj',\): choose from .*attention.qkv"):
        add_lora(gpt(), ("q_proj",))


def test_what_it_adds_is_on_the_device_of_the_layer():
    with refuse_cpu() as meta:
        model = gpt().to(meta)
        add_lora(model, NAMES)
        assert model(IDS.to(meta)).device == meta
        merge_lora(model)
        assert {weight.device for weight in model.parameters()} == {meta}
