"""The graph that autograd writes, drawn from the graph itself: every box is a node PyTorch made.

Chapter: autograd.
"""

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from torch.autograd.graph import Node


def draw_graph(root: torch.Tensor, names: dict[str, torch.Tensor] | None = None) -> Axes:
    """Draw the operations that made `root`, from its leaves at the top down to its own `grad_fn`.

    One box for each node that can be reached through `next_functions`; one arrow for each link,
    pointing as gradients flow, from a result to what it was made of.  `names`, for instance
    dict(model.named_parameters()), says what the leaves are called; other tensors in it are not
    used.  Meant for a dozen nodes: beyond that, long arrows cross boxes.  Returns the axes of a new
    figure.  ValueError if `root` has no graph.  Chapter: autograd.

    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> [box.get_text() for box in draw_graph(x * x, names={"x": x}).texts if box.get_text()]
    ['MulBackward0', 'x: AccumulateGrad']
    """
    if root.grad_fn is None:
        raise ValueError(
            "this tensor has no graph (its grad_fn is None): draw the result of an operation on "
            "tensors with requires_grad=True, computed outside torch.no_grad()"
        )
    nodes, edges = _walk(root.grad_fn)
    at = _places(nodes, edges)
    xs, ys = zip(*at.values(), strict=True)
    _, ax = plt.subplots(figsize=(2 * (max(xs) - min(xs) + 1.2), 0.7 * (max(ys) + 1)))
    ax.set(xlim=(min(xs) - 0.6, max(xs) + 0.6), ylim=(-0.5, max(ys) + 0.5))
    ax.set_axis_off()
    leaf_names = {id(tensor): name for name, tensor in (names or {}).items()}
    patches = {}
    for node in nodes:
        leaf = getattr(node, "variable", None)  # only AccumulateGrad has it: the tensor it fills
        name = f"{leaf_names[id(leaf)]}: " if id(leaf) in leaf_names else ""
        color = "C0" if leaf is None else "C1"
        box = {"boxstyle": "round,pad=0.4", "facecolor": "none", "edgecolor": color}
        text = ax.text(*at[node], name + type(node).__name__, ha="center", va="center", bbox=box)
        patches[node] = text.get_bbox_patch()
    for i, (node, child) in enumerate(edges):
        reach = at[child][1] - at[node][1]  # an arrow past other layers goes around their boxes
        bend = 2.5 / reach if reach > 1 else 0.3 * edges[:i].count((node, child))
        line = {"arrowstyle": "->", "color": "C5", "connectionstyle": f"arc3,rad={bend}"}
        ends = {"patchA": patches[node], "patchB": patches[child]}
        ax.annotate("", at[child], at[node], arrowprops=line | ends)
    return ax


def _walk(root: Node) -> tuple[list[Node], list[tuple[Node, Node]]]:
    """Every node that can be reached from `root`, and every link (node, child) between two."""
    nodes, edges = [root], []
    for node in nodes:  # which grows meanwhile
        children = [child for child, _ in node.next_functions if child is not None]
        edges += [(node, child) for child in children]
        nodes += [child for child in dict.fromkeys(children) if child not in nodes]
    return nodes, edges


def _places(nodes: list[Node], edges: list[tuple[Node, Node]]) -> dict[Node, tuple[float, float]]:
    """Where each node goes: as high as its longest path from the root, above those that use it."""
    height = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for node, child in edges:
            height[child] = max(height[child], height[node] + 1)
    at: dict[Node, tuple[float, float]] = {}
    for y in range(max(height.values()) + 1):
        layer = [node for node in nodes if height[node] == y]
        above = {n: [at[a][0] for a, b in edges if b is n] or [0.0] for n in layer}
        wish = {n: sum(xs) / len(xs) for n, xs in above.items()}
        taken: dict[Node, float] = {}
        for node in sorted(layer, key=lambda n: wish[n]):
            taken[node] = max([wish[node], *(x + 1 for x in taken.values())])
        shift = sum(taken[node] - wish[node] for node in layer) / len(layer)
        at |= {node: (x - shift, y) for node, x in taken.items()}
    return at
