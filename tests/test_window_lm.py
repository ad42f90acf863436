"""The window model sees its window and nothing else, and learns what a window can tell."""

import dataclasses
import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from meta import refuse_cpu
from torch import nn
from torch.testing import assert_close

from torchbook.window_lm import WindowLM, WindowLMConfig, bits, perplexity, windows

CONFIG = WindowLMConfig(vocab_size=11, context_length=3, d_model=4, d_hidden=6)
few = settings(max_examples=30, derandomize=True, deadline=None)


@few
@given(st.lists(st.integers(0, 99), min_size=2, max_size=12), st.integers(1, 11))
def test_windows_are_what_slices_are(text, n):
    n = min(n, len(text) - 1)
    inputs, targets = windows(torch.tensor(text), n)
    assert inputs.tolist() == [text[i : i + n] for i in range(len(text) - n)]
    assert targets.tolist() == text[n:]


def test_windows_of_a_batch_are_those_of_its_rows():
    ids = torch.randint(11, (4, 7))
    rows = [windows(row, 3) for row in ids]
    for whole, parts in zip(windows(ids, 3), zip(*rows, strict=True), strict=True):
        assert_close(whole, torch.stack(parts))


def test_windows_copy_nothing():
    ids = torch.arange(9)
    for view in windows(ids, 3):
        assert view.untyped_storage().data_ptr() == ids.untyped_storage().data_ptr()


def test_the_logits_are_those_of_a_sequential_with_the_same_weights():
    model, ids = WindowLM(CONFIG).double(), torch.randint(11, (5, 3))
    layers = nn.Sequential(
        model.embedding, nn.Flatten(), model.hidden, nn.Tanh(), nn.Linear(6, 11).double()
    )
    layers[-1].load_state_dict(model.head.state_dict())
    assert_close(model(ids), layers(ids), rtol=1e-10, atol=1e-10)


def test_the_logits_are_bengios_formula():
    model, ids = WindowLM(CONFIG).double(), torch.randint(11, (3,))
    C, (H, d), (U, b) = model.embedding.weight, model.hidden.parameters(), model.head.parameters()
    x = torch.cat([C[i] for i in ids])
    assert_close(model(ids), b + U @ torch.tanh(d + H @ x), rtol=1e-10, atol=1e-10)


def test_more_axes_may_stand_before_the_window():
    model, (inputs, _) = WindowLM(CONFIG), windows(torch.randint(11, (2, 8)), 3)
    assert_close(model(inputs), torch.stack([model(row) for row in inputs]))
    assert model(inputs).shape == (2, 5, 11)


def test_the_order_within_the_window_counts():
    model = WindowLM(CONFIG)
    assert not torch.allclose(model(torch.tensor([1, 2, 3])), model(torch.tensor([2, 1, 3])))


@pytest.mark.parametrize("vocab_size", [11, 96, 1000])
def test_the_first_loss_is_about_log_v(vocab_size):
    model = WindowLM(WindowLMConfig(vocab_size))
    ids, targets = torch.randint(vocab_size, (500, 8)), torch.randint(vocab_size, (500,))
    assert abs(F.cross_entropy(model(ids), targets).item() - math.log(vocab_size)) < 0.15


def test_it_learns_exclusive_or_which_no_linear_model_can():
    ids = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
    model = WindowLM(WindowLMConfig(vocab_size=2, context_length=2, d_model=2, d_hidden=16))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(60):
        loss = F.cross_entropy(model(ids), ids[:, 0] ^ ids[:, 1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss < 0.05


def test_gradients_match_finite_differences():
    model, ids = WindowLM(CONFIG).double(), torch.randint(11, (2, 3))
    names, weights = zip(*model.named_parameters(), strict=True)

    def logits(*weights):
        return torch.func.functional_call(model, dict(zip(names, weights, strict=True)), ids)

    assert torch.autograd.gradcheck(logits, weights, fast_mode=True)


def test_a_uniform_guess_has_the_perplexity_of_the_vocabulary():
    nats = F.cross_entropy(torch.zeros(5, 96), torch.arange(5)).item()
    assert perplexity(nats) == pytest.approx(96)
    assert 2 ** bits(nats) == pytest.approx(96)
    assert perplexity(1000.0) == perplexity(math.inf) == math.inf


def test_the_configuration_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        CONFIG.d_model = 5


def test_everything_runs_on_another_device():
    with refuse_cpu() as device:
        inputs, targets = windows(torch.zeros(9, dtype=torch.int64, device=device), 3)
        F.cross_entropy(WindowLM(CONFIG).to(device)(inputs), targets).backward()


IDS = torch.zeros(2, 4, dtype=torch.int64)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: WindowLM(CONFIG)(IDS), r"ids are \(2, 4\), the window is of 3 tokens: cut them"),
        (lambda: WindowLM(CONFIG)(IDS[0, 0]), r"ids are \(\), the window is of 3"),
        (lambda: windows(IDS, 4), r"ids \(2, 4\) hold no window of 4 .* give over 4"),
        (lambda: windows(IDS[0, 0], 1), r"ids \(\) hold no window"),
        (lambda: windows(IDS, 0), "no window of 0 tokens"),
    ],
)
def test_bad_input_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()


def test_a_token_outside_the_vocabulary_is_refused():
    with torch.device("cpu"), pytest.raises(IndexError, match="out of range"):
        WindowLM(CONFIG)(IDS[:, :3].cpu() + 11)
