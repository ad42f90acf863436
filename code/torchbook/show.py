"""Figures that many pages draw, which also say in words what they show.

The words are made from the numbers drawn, in the language asked for, "en" or "es", and travel with
the picture, through the notebook's output to the page.  Colours are those of the style in use;
`torchbook.book` reads on white and on black.  End the cell with `;`, as after any plot.
Dimensions: H heads, Tq tokens that look, Tk tokens that are looked at.  Chapter: training.
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from torch import Tensor


class DescribedFigure(Figure):
    """A figure of Matplotlib with `alt`, the words for those who do not see it.

    >>> fig = plt.figure(FigureClass=DescribedFigure)
    >>> fig.alt = "A line that rises."
    """

    alt = ""

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """What Jupyter asks for: no data of our own, but words beside the picture that it makes."""
        return {}, {kind: {"alt": self.alt} for kind in ("image/svg+xml", "image/png")}


def learning_curves(log: Sequence[Mapping[str, Any]], language: str = "en") -> DescribedFigure:
    """The training loss at each step, and the validation loss where there is one.

    `log` is what `torchbook.log.read_log` reads: lines with step, loss and, now and then,
    validation_loss.  ValueError if it has no line.  Chapter: training.

    >>> log = [{"step": 1, "loss": 3.25}, {"step": 500, "loss": 1.125}]
    >>> learning_curves(log).alt
    'The training loss falls from 3.25 at step 1 to 1.12 at step 500.'
    """
    if not log:
        raise ValueError("the log has no line: train for a step, then look")
    text, fig = _blank("learning_curves", language, (6, 3.2))
    ax = fig.subplots()
    ax.set(xlabel=text["step"], ylabel=text["loss"])
    said = []
    for key, name in (("loss", text["training"]), ("validation_loss", text["validation"])):
        points = [(line["step"], line[key]) for line in log if key in line]
        if points:
            steps, losses = zip(*points, strict=True)
            ax.plot(steps, losses, "o-" if len(points) < 20 else "-", markersize=4, label=name)
            move = "one" if len(points) == 1 else "falls" if losses[-1] < losses[0] else "rises"
            ends = {"first": losses[0], "last": losses[-1], "start": steps[0], "end": steps[-1]}
            said.append(text[move].format(name=name, **ends))
    if len(points) > 1:  # of the validation, which came last
        loss, step = min(zip(losses, steps, strict=True))
        said.append(text["lowest"].format(name=name, loss=loss, step=step))
    ax.legend()
    fig.alt = " ".join(said)
    return fig


def attention_maps(
    weights: Tensor, queries: Sequence[str], keys: Sequence[str], language: str = "en"
) -> DescribedFigure:
    """One map for each head, light where a token (row) looks at another (column).

    weights (H, Tq, Tk), which sum to one over Tk; Tq and Tk tokens.  ValueError if they are not as
    many.  Chapter: attention.

    >>> import torch
    >>> fig = attention_maps(torch.tensor([[[1.0, 0.0], [0.75, 0.25]]]), ["a", "b"], ["a", "b"])
    >>> print(fig.alt.replace(". ", ".\\n"))
    Attention from 2 tokens, in rows, to 2, in columns.
    From the last token, “b”, head 1 looks most at token 1, “a” (0.75).
    """
    shape = (len(queries), len(keys))
    if weights.dim() != 3 or weights.shape[1:] != shape or not weights.numel():
        raise ValueError(
            f"weights {tuple(weights.shape)} for {shape[0]} queries and {shape[1]} keys: give "
            f"(H, {shape[0]}, {shape[1]}), and at least one of each"
        )
    columns = min(4, len(weights))
    rows = math.ceil(len(weights) / columns)
    text, fig = _blank("attention_maps", language, (1 + 2.2 * columns, 2.4 * rows))
    axes = fig.subplots(rows, columns, squeeze=False).flatten()
    said = []
    for head, (ax, of_head) in enumerate(zip(axes, weights.detach().float().cpu(), strict=False)):
        image = ax.imshow(of_head.numpy(), vmin=0, vmax=1, aspect="auto")
        ax.set_title(text["head"].format(head=head + 1))
        ax.set_xticks(range(len(keys)), map(_visible, keys), rotation=90, parse_math=False)
        ax.set_yticks(range(len(queries)), map(_visible, queries), parse_math=False)
        k = int(of_head[-1].argmax())
        most = {"head": head + 1, "k": k + 1, "token": _visible(keys[k])}
        said.append(text["most"].format(weight=float(of_head[-1, k]), **most))
    for ax in axes[len(weights) :]:
        ax.set_axis_off()
    fig.supxlabel(text["key"], size="medium")
    fig.supylabel(text["query"], size="medium")
    fig.colorbar(image, ax=list(axes), label=text["weight"])
    last = _visible(queries[-1])
    fig.alt = text["maps"].format(Tq=shape[0], Tk=shape[1], token=last, heads="; ".join(said))
    return fig


def next_tokens(
    tokens: Sequence[str], probabilities: Sequence[float] | Tensor, language: str = "en"
) -> DescribedFigure:
    """A bar for each token that may come next, from the top in the order given.

    ValueError if there is not one probability for each token.  Chapter: generation.

    >>> next_tokens(["mat", "rug"], [0.5, 0.25]).alt
    'Bars of the probability of the next token: “mat” 0.5, “rug” 0.25.'
    """
    if not len(tokens) == len(probabilities) > 0:
        raise ValueError(
            f"{len(tokens)} tokens and {len(probabilities)} probabilities: give one for each, and "
            "at least one"
        )
    text, fig = _blank("next_tokens", language, (6, 0.6 + 0.3 * len(tokens)))
    shown, heights = [_visible(token) for token in tokens], [float(p) for p in probabilities]
    ax = fig.subplots()
    ax.barh(range(len(shown)), heights)
    ax.set_yticks(range(len(shown)), shown, parse_math=False)
    ax.invert_yaxis()
    ax.set(xlabel=text["probability"], xlim=(0, None))
    bars = [text["bar"].format(token=t, p=p) for t, p in zip(shown, heights, strict=True)]
    fig.alt = text["bars"].format(bars=", ".join(bars))
    return fig


def _blank(
    figure: str, language: str, size: tuple[float, float]
) -> tuple[dict[str, str], DescribedFigure]:
    """What a figure says in a language, and an empty one; ValueError for another language."""
    if language not in ("en", "es"):
        raise ValueError(f"no figures in language {language!r}; there are: en, es")
    said = tomllib.loads((files("torchbook") / "show.toml").read_text(encoding="utf-8"))[figure]
    fig: Any = plt.figure(FigureClass=DescribedFigure, figsize=size, layout="constrained")
    return {name: text[language] for name, text in said.items()}, fig


def _visible(token: str) -> str:
    """A token whose spaces and ends of line can be seen."""
    return token.replace(" ", "␣").replace("\n", "⏎")
