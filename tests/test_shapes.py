"""What `show_shapes` prints is what passes through, and it leaves no trace in the model."""

import dataclasses

import pytest
import torch
from meta import refuse_cpu
from torch import nn
from torch.testing import assert_close

from torchbook.attention import Cache, SelfAttention
from torchbook.layers import Block
from torchbook.shapes import describe, show_shapes


class Twice(nn.Module):
    """Calls one layer twice, and takes and gives more than tensors."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4)])
        self.never = nn.Linear(4, 4)

    def forward(self, x, mask=None, *, extra):
        for layer in [*self.layers, *self.layers]:
            x = layer(x)
        return {"x": x, "both": (x, None)}


class Careful(nn.Module):
    """Tries one layer, and takes the other if it fails."""

    def __init__(self):
        super().__init__()
        self.wrong, self.right = nn.Sequential(nn.Linear(9, 9)), nn.Linear(4, 2)

    def forward(self, x):
        try:
            return self.wrong(x)
        except RuntimeError:
            return self.right(x)


def hooks_of(model):
    return [len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules()]


def printed(capsys):
    return capsys.readouterr().out.splitlines()


def test_a_line_for_each_module_indented_in_the_order_of_execution(capsys):
    model = nn.Sequential(nn.Flatten(), nn.Sequential(nn.Linear(6, 3), nn.Tanh()))
    with show_shapes(model):
        model(torch.zeros(5, 2, 3))
    assert printed(capsys) == [
        "Sequential       (5, 2, 3) -> (5, 3)  21 parameters",
        "  0: Flatten     (5, 2, 3) -> (5, 6)",
        "  1: Sequential  (5, 6) -> (5, 3)     21 parameters",
        "    0: Linear    (5, 6) -> (5, 3)     21 parameters",
        "    1: Tanh      (5, 3) -> (5, 3)",
    ]


def test_keywords_dictionaries_none_and_a_module_called_twice(capsys):
    model = Twice()
    with show_shapes(model):
        model(torch.zeros(2, 4), extra=[torch.zeros(3), True])
    assert printed(capsys) == [
        "Twice               (2, 4), extra=[(3,), True] -> "
        "{x: (2, 4), both: [(2, 4), None]}  40 parameters",
        *["  layers.0: Linear  (2, 4) -> (2, 4)" + " " * 49 + "20 parameters"] * 2,
    ]


def test_a_block_with_a_cache_shows_what_the_cache_held_before(capsys):
    block, x = Block(d_model=8, n_head=2, causal=True), torch.zeros(1, 3, 8)
    cache = Cache(), Cache()
    with show_shapes(block):
        block(x, cache=cache)
        block(x, cache=cache)
    lines = [line for line in printed(capsys) if "SelfAttention" in line]
    assert "(1, 3, 8), None, Cache -> (1, 3, 8)" in lines[0]
    assert "Cache(k=(1, 2, 3, 4), v=(1, 2, 3, 4)) -> (1, 3, 8)" in lines[1]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (torch.tensor(1.0), "()"),
        (torch.zeros(0, 3), "(0, 3)"),
        ((torch.zeros(1), [2, 0.5, False]), "[(1,), [2, 0.5, False]]"),
        ({"a": None, 1: {}}, "{a: None, 1: {}}"),
        ("a long text", "str"),
        (object(), "object"),
        (nn.LSTM(3, 4)(torch.zeros(5, 2, 3)), "[(5, 2, 4), [(1, 2, 4), (1, 2, 4)]]"),
        (dataclasses.make_dataclass("Batch", ["ids", "n"])(torch.zeros(2), 3), "Batch(ids=(2,))"),
        (torch.return_types.topk((torch.zeros(2), torch.ones(2))), "[(2,), (2,)]"),
    ],
    ids=["number", "none", "tuple", "dict", "text", "object", "LSTM", "dataclass", "topk"],
)
def test_whatever_holds_tensors_is_described_by_their_shapes(value, text):
    assert describe(value) == text


def test_where_a_model_failed_is_shown_and_the_error_comes_through(capsys):
    model = nn.Sequential(nn.Linear(4, 4), nn.Sequential(nn.ReLU(), nn.Linear(3, 2)), nn.Tanh())
    with pytest.raises(RuntimeError, match="cannot be multiplied"), show_shapes(model):
        model(torch.zeros(2, 4))
    assert printed(capsys) == [
        "Sequential       (2, 4) -> ...     28 parameters",
        "  0: Linear      (2, 4) -> (2, 4)  20 parameters",
        "  1: Sequential  (2, 4) -> ...     8 parameters",
        "    0: ReLU      (2, 4) -> (2, 4)",
        "    1: Linear    (2, 4) -> failed  8 parameters",
    ]


def test_an_error_in_the_models_own_forward_is_its_own(capsys):
    model = Twice()
    model.forward = lambda x: model.never(x) @ torch.zeros(9)
    with pytest.raises(RuntimeError), show_shapes(model):
        model(torch.zeros(2, 4))
    first, second = printed(capsys)
    assert "(2, 4) -> failed" in first
    assert "never: Linear  (2, 4) -> (2, 4)" in second


def test_a_failure_that_the_model_survives_is_shown_too(capsys):
    model = Careful()
    with show_shapes(model):
        model(torch.zeros(3, 4))
    assert [line.rsplit("  ", 1)[0].split("  ", 1)[1].strip() for line in printed(capsys)] == [
        "(3, 4) -> (3, 2)",
        "wrong: Sequential  (3, 4) -> ...",
        "0: Linear        (3, 4) -> failed",
        "right: Linear      (3, 4) -> (3, 2)",
    ]


def test_a_second_call_after_a_failure_starts_again_at_the_margin(capsys):
    model = nn.Sequential(nn.Linear(4, 2))
    with show_shapes(model):
        with pytest.raises(RuntimeError):
            model(torch.zeros(2, 3))
        try:
            raise KeyError
        except KeyError:  # while an error is being handled, a call may still succeed
            model(torch.zeros(2, 4))
        with pytest.raises(RuntimeError):
            model[0](torch.zeros(2, 3))
        model[0](torch.zeros(1, 4))
    lines = [line.split("  parameters")[0] for line in printed(capsys)]
    assert [line[:4] for line in lines] == ["Sequ", "  0:", "Sequ", "  0:", "0: L", "0: L"]
    ends = ["...", "failed", "(2, 2)", "(2, 2)", "failed", "(1, 2)"]
    assert [line.split(" -> ")[1].split("  ")[0].strip() for line in lines] == ends


def test_ctrl_c_shows_how_far_it_came(capsys):
    model = nn.Sequential(nn.ReLU(), nn.Linear(4, 2))

    def interrupt(x):
        raise KeyboardInterrupt

    model[1].forward = interrupt
    with pytest.raises(KeyboardInterrupt), show_shapes(model):
        model(torch.zeros(2, 4))
    assert "1: Linear  (2, 4) -> failed" in printed(capsys)[2]
    assert hooks_of(model) == [0, 0, 0]


@pytest.mark.parametrize("width", [8, 9])
def test_no_hook_remains_whether_or_not_the_model_raises(width):
    model = nn.Sequential(SelfAttention(8, 2, causal=True), nn.ReLU())
    mine = model[1].register_forward_hook(lambda *_: None)
    before = hooks_of(model)
    try:
        with show_shapes(model):
            assert hooks_of(model) != before
            model(torch.zeros(1, 3, width))
    except RuntimeError:
        assert width == 9
    assert hooks_of(model) == before
    mine.remove()


def test_watching_changes_no_number():
    model, x = Block(8, 2, causal=True), torch.randn(2, 3, 8)
    expected = model(x)
    with show_shapes(model):
        assert_close(model(x), expected, rtol=0, atol=0)


def test_shared_parameters_are_counted_once_and_lazy_ones_when_they_exist(capsys):
    one = nn.Linear(3, 3, bias=False)
    tied = nn.Sequential(one, nn.Sequential(one))
    with show_shapes(tied):
        tied(torch.zeros(1, 3))
    assert printed(capsys)[0].endswith(" 9 parameters")
    lazy = nn.Sequential(nn.Linear(2, 1), nn.LazyLinear(5))
    with show_shapes(lazy):
        with pytest.raises(RuntimeError):
            lazy(torch.zeros(1, 3))
        assert printed(capsys)[0].endswith(" 3 parameters")
        lazy(torch.zeros(1, 2))
    assert printed(capsys)[-1] == "  1: Linear  (1, 1) -> (1, 5)  10 parameters"


def test_it_runs_on_another_device(capsys):
    with refuse_cpu() as device:
        model = Block(8, 2, causal=True).to(device)
        with show_shapes(model):
            model(torch.zeros(2, 3, 8, device=device))
    assert printed(capsys)[0].startswith("Block")


def test_what_is_not_a_module_is_refused():
    expected = pytest.raises(ValueError, match=r"is not an nn\.Module: give the model itself")
    with expected, show_shapes(nn.ReLU):
        pass
