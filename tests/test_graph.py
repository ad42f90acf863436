from collections import Counter

import pytest
import torch
from matplotlib import pyplot as plt

from torchbook.graph import draw_graph


@pytest.fixture(autouse=True)
def _figures_are_closed():
    yield
    plt.close("all")


def leaf(*shape):
    return torch.ones(shape, requires_grad=True)


def walked(root):
    """The graph as PyTorch tells it: every node, and every link as often as it occurs."""
    nodes, links, waiting = {root.grad_fn}, Counter(), [root.grad_fn]
    while waiting:
        node = waiting.pop()
        for child, _ in node.next_functions:
            if child is None:
                continue
            links[type(node).__name__, type(child).__name__] += 1
            if child not in nodes:
                nodes.add(child)
                waiting.append(child)
    return Counter(type(node).__name__ for node in nodes), links


def drawn(ax):
    """The graph as it is on the axes: the boxes' labels, and the arrows by the labels they join."""
    label_at = {text.get_position(): text.get_text() for text in ax.texts if text.get_text()}
    arrows = [text for text in ax.texts if not text.get_text()]
    links = Counter((label_at[arrow.xyann], label_at[arrow.xy]) for arrow in arrows)
    return Counter(label_at.values()), links


def product():
    x, y = leaf(), leaf()
    return (x * y - 7) ** 2


def square():
    x = leaf()
    return x * x


def shared_weights():
    layer = torch.nn.Linear(3, 3)
    x = torch.ones(2, 3)
    for _ in range(3):
        x = x + layer(x.relu())
    return x.sum()


def several_outputs():
    first, second = leaf(4).split(2)
    return (first * second).sum()


@pytest.mark.parametrize("make", [product, square, shared_weights, several_outputs])
def test_boxes_and_arrows_are_the_nodes_and_links_of_the_graph(make):
    root = make()
    assert drawn(draw_graph(root)) == walked(root)


def test_leaves_are_called_by_their_names():
    x, y = leaf(), leaf()
    labels, _ = drawn(draw_graph(x * y, names={"x": x, "y": y}))
    assert labels == Counter({"MulBackward0": 1, "x: AccumulateGrad": 1, "y: AccumulateGrad": 1})


def test_names_of_tensors_outside_the_graph_are_not_shown():
    x, y = leaf(), leaf()
    labels, _ = drawn(draw_graph(x * 2, names={"x": x, "y": y}))
    assert labels == Counter({"MulBackward0": 1, "x: AccumulateGrad": 1})


def test_no_two_boxes_are_in_one_place_and_arrows_go_up():
    root = shared_weights()
    ax = draw_graph(root)
    labels, _ = drawn(ax)
    assert labels == walked(root)[0]  # as many places as nodes
    assert all(text.xy[1] > text.xyann[1] for text in ax.texts if not text.get_text())


@pytest.mark.parametrize("without", ["leaf", "constant", "no_grad"])
def test_a_tensor_without_a_graph_is_refused_with_what_to_do(without):
    x = leaf()
    with torch.no_grad():
        tensor = {"leaf": x, "constant": torch.ones(2) * 2, "no_grad": x * 2}[without]
    with pytest.raises(ValueError, match=r"requires_grad=True.*outside torch.no_grad"):
        draw_graph(tensor)
