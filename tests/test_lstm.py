"""The LSTM from its gates is PyTorch's, and it remembers what a window would have forgotten."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from meta import refuse_cpu
from torch import nn
from torch.testing import assert_close

from torchbook.device import device
from torchbook.lstm import LSTM, LSTMLM, LSTMCell, LSTMLMConfig

few = settings(max_examples=15, derandomize=True, deadline=None)
TOLERANCE = {torch.float64: 1e-10, torch.float32: 1e-5 if device.type == "cpu" else 1e-4}  # cuDNN


def twins(d_in, d_hidden, n_layer, dtype=torch.float64):
    """Ours and PyTorch's, with the same weights."""
    theirs = nn.LSTM(d_in, d_hidden, n_layer, batch_first=True).to(dtype)
    return from_its_gates(theirs), theirs


def from_its_gates(theirs):
    ours = LSTM(theirs.input_size, theirs.hidden_size, theirs.num_layers)
    ours = ours.to(theirs.weight_ih_l0.dtype)
    with torch.no_grad():
        for i, cell in enumerate(ours.layers):
            cell.from_input.weight.copy_(getattr(theirs, f"weight_ih_l{i}"))
            cell.from_state.weight.copy_(getattr(theirs, f"weight_hh_l{i}"))
            both = getattr(theirs, f"bias_ih_l{i}") + getattr(theirs, f"bias_hh_l{i}")
            cell.from_input.bias.copy_(both)
    return ours


def values(output):
    y, (h, c) = output
    return y, h, c


@few
@given(*[st.integers(1, n) for n in (3, 6, 4, 5, 3)], st.booleans(), st.sampled_from([*TOLERANCE]))
def test_equal_to_pytorchs_outputs_states_and_gradients(B, T, C, width, n_layer, start, dtype):
    ours, theirs = twins(C, width, n_layer, dtype)
    inputs = [torch.randn(B, T, C, dtype=dtype, requires_grad=True)]
    state = torch.randn(2, n_layer, B, width, dtype=dtype)
    if start:
        inputs += [part.clone().requires_grad_() for part in state]
    results = []
    for model in (ours, theirs):
        found = values(model(inputs[0], tuple(inputs[1:]) or None))
        weights = [p for p in model.parameters() if p.dim() == 2]
        biases = [p for p in model.parameters() if p.dim() == 1][:: 1 if model is ours else 2]
        sum((part * (part + 1)).sum() for part in found).backward()
        results.append([*found, *(p.grad for p in [*inputs, *weights, *biases])])
        for leaf in inputs:
            leaf.grad = None
    assert_close(*results, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


def test_a_cell_is_the_equations():
    cell = LSTMCell(3, 2).double()
    x, h, c = torch.randn(3).double(), torch.randn(2).double(), torch.randn(2).double()
    z = cell.from_input.weight @ x + cell.from_input.bias + cell.from_state.weight @ h
    i, f, g, o = z[0:2].sigmoid(), z[2:4].sigmoid(), z[4:6].tanh(), z[6:8].sigmoid()
    expected = o * (f * c + i * g).tanh(), f * c + i * g
    for found, right in zip(cell(x[None], h[None], c[None]), expected, strict=True):
        assert_close(found[0], right, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("n_layer", [1, 2])
def test_a_sequence_in_two_parts_gives_what_the_whole_does(n_layer):
    model, x = LSTM(3, 4, n_layer), torch.randn(2, 7, 3)
    first, state = model(x[:, :3])
    second, last = model(x[:, 3:], state)
    whole = model(x)
    assert_close(torch.cat((first, second), dim=1), whole[0])
    assert_close(last, whole[1])


def test_the_past_does_not_see_the_future():
    model, x = LSTM(3, 4, 2), torch.randn(1, 6, 3)
    changed = x.clone()
    changed[:, 4:] += 1.0
    assert_close(model(x)[0][:, :4], model(changed)[0][:, :4])
    assert not torch.allclose(model(x)[0][:, 4:], model(changed)[0][:, 4:])


def test_an_open_forget_gate_keeps_the_cell_and_its_gradient():
    cell = LSTMCell(1, 1)
    nn.init.zeros_(cell.from_input.weight)
    nn.init.zeros_(cell.from_state.weight)
    with torch.no_grad():
        cell.from_input.bias.copy_(torch.tensor([-100.0, 100.0, 0.0, 0.0]))  # write none, keep all
    h, c = torch.zeros(1, 1), torch.full((1, 1), 0.7, requires_grad=True)
    kept = c
    for _ in range(50):
        h, kept = cell(torch.zeros(1, 1), h, kept)
    kept.sum().backward()
    assert kept.item() == pytest.approx(0.7)
    assert c.grad.item() == pytest.approx(1.0)


def test_the_language_model_runs_on_an_lstm_equal_to_the_one_from_its_gates():
    model = LSTMLM(LSTMLMConfig(vocab_size=11, d_model=4, n_layer=2)).double()
    ids, state = torch.randint(11, (2, 5)), tuple(torch.randn(2, 2, 2, 4).double())
    expected = model(ids, state)
    model.lstm = from_its_gates(model.lstm)
    assert_close(model(ids, state), expected, rtol=1e-10, atol=1e-10)


def test_the_language_models_state_stands_for_all_that_came_before():
    model, ids = LSTMLM(LSTMLMConfig(vocab_size=11, d_model=4)), torch.randint(11, (2, 6))
    logits, state = [], None
    for t in range(6):
        one, state = model(ids[:, t : t + 1], state)
        logits.append(one)
    assert_close(torch.cat(logits, dim=1), model(ids)[0])


@pytest.mark.parametrize("vocab_size", [11, 96, 1000])
def test_the_first_loss_is_about_log_v(vocab_size):
    model, ids = LSTMLM(LSTMLMConfig(vocab_size)), torch.randint(vocab_size, (4, 65))
    loss = F.cross_entropy(model(ids[:, :-1])[0].flatten(0, 1), ids[:, 1:].flatten())
    assert abs(loss.item() - math.log(vocab_size)) < 0.1


def test_it_learns_to_say_again_at_the_end_what_it_heard_first():
    model = LSTMLM(LSTMLMConfig(vocab_size=3, d_model=16))
    ids = torch.tensor([[token, *[2] * 3] for token in (0, 1)])  # only the first tokens differ
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(60):
        loss = F.cross_entropy(model(ids)[0][:, -1], ids[:, 0])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss < 0.1


def test_everything_runs_on_another_device():
    with refuse_cpu() as device:
        LSTM(3, 4, 2).to(device)(torch.randn(2, 5, 3, device=device))[0].sum().backward()
        model = LSTMLM(LSTMLMConfig(vocab_size=11, d_model=4)).to(device)
        ids = torch.zeros(2, 5, dtype=torch.int64, device=device)
        model(ids, model(ids)[1])[0].sum().backward()


IDS = torch.zeros(2, 5, dtype=torch.int64)
X = torch.zeros(2, 5, 3)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: LSTM(3, 4, 0), "n_layer=0: an LSTM has at least one layer"),
        (lambda: LSTM(3, 4)(X[0]), r"x is \(5, 3\): make it \(B, T, d_in\)"),
        (lambda: LSTM(3, 4)(X[:, :0]), r"x is \(2, 0, 3\): .* at least one step"),
        (lambda: LSTM(3, 4)(X, (X, X)), r"state is \(2, 5, 3\) and .* must be \(1, 2, 4\) twice"),
        (lambda: LSTM(3, 4)(X, (X, torch.zeros(1, 2, 4))), r"state is \(2, 5, 3\) and \(1, 2, 4\)"),
        (lambda: LSTM(3, 4)(X, (torch.zeros(1, 2, 4), X)), r"state is \(1, 2, 4\) and \(2, 5, 3\)"),
        (lambda: LSTMLM(LSTMLMConfig(3))(IDS[0]), r"ids are \(5,\): make them \(B, T\)"),
        (lambda: LSTMLM(LSTMLMConfig(3))(IDS[:, :0]), r"ids are \(2, 0\): .* T above 0"),
    ],
)
def test_bad_input_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()


def test_a_token_outside_the_vocabulary_is_refused():
    with torch.device("cpu"), pytest.raises(IndexError, match="out of range"):
        LSTMLM(LSTMLMConfig(3, 4))(IDS.cpu() + 3)
