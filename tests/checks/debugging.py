"""Right and wrong answers to the exercises of the page `debugging`."""

import torch

JUNK = [None, "", "3", object(), torch.tensor([]), float("nan"), True, 3]
NAMES = [f"{i}.{kind}" for i in range(3) for kind in ("weight", "bias")]


def _bad_names(model, x, bad=lambda t: not t.isfinite().all(), remove=True, modules=None):
    """The names of the modules with a bad output, in order of execution."""
    found, handles = [], []
    for name, module in modules or model.named_modules():

        def hook(module, inputs, output, name=name):
            if bad(output):
                found.append(name)

        handles.append(module.register_forward_hook(hook))
    model(x)
    for handle in handles:
        if remove:
            handle.remove()
    return found


def _first(model, x, **options):
    return next(iter(_bad_names(model, x, **options)), None)


def _last(model, x):
    return next(iter([name for name in _bad_names(model, x) if name][::-1]), None)


def _registered(model, x):
    bad = _bad_names(model, x)
    return next((name for name, _ in model.named_modules() if name in bad and name), None)


def _late_binding(model, x):
    found, handles = [], []
    for name, module in model.named_children():
        handles.append(
            module.register_forward_hook(
                lambda m, i, out: None if out.isfinite().all() else found.append(name)  # noqa: B023
            )
        )
    model(x)
    for handle in handles:
        handle.remove()
    return found[0] if found else None


def _unmoved(model, step, keep=lambda p: p.detach().clone(), wanted=True, steps=1):
    before = {name: keep(p) for name, p in model.named_parameters()}
    for _ in range(steps):
        step()
    after = model.named_parameters()
    return [name for name, p in after if torch.equal(p, before[name]) == wanted]


def _compared(model, step, same):
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    step()
    return [name for name, p in model.named_parameters() if same(p, before[name])]


def _by_sum(model, step):
    before = {name: p.sum().item() for name, p in model.named_parameters()}
    step()
    return {name for name, p in model.named_parameters() if p.sum().item() == before[name]}


CASES = {
    "debugging-spread": {
        "right": [(3, 15), [3, 15], torch.tensor([3, 15]), (torch.tensor(3), 15.0)],
        "kind": [*JUNK, (3,), (3, 15, 1), lambda: (3, 15), (None, 15)],
        "order": [(15, 3)],
        "one": [(1, 1), (1, 15)],
        "column": [(4, 15)],
        "all-outputs": [(12, 15)],
        "other": [(0, 0), (5, 15), (float("nan"), 15)],
        "feature": [(3, 3)],
        "row": [(3, 5)],
        "other-grad": [(3, 1), (3, 0), (3, float("nan"))],
    },
    "debugging-first-bad": {
        "right": [_first, lambda model, x: _first(model, x, bad=lambda t: (t - t).isnan().any())],
        "kind": [*JUNK, torch.nn.Linear(4, 4)],
        "fails": [lambda: None, lambda model, x: _bad_names(model, x)[0], lambda model, x: model.y],
        "hooks": [lambda model, x: _first(model, x, remove=False)],
        "returns": [_bad_names, lambda model, x: model, lambda model, x: model(x)],
        "healthy": [lambda model, x: "0", lambda model, x: ""],
        "whole": [lambda model, x: next(iter(_bad_names(model, x)[::-1]), None)],
        "late": [
            _last,
            _registered,
            lambda model, x: _first(model, x, modules=[*model.named_children()]),
        ],
        "infinite": [lambda model, x: _first(model, x, bad=lambda t: t.isnan().any())],
        "other": [
            _late_binding,
            lambda model, x: None,
            lambda model, x: "0" if _last(model, x) else None,
        ],
    },
    "debugging-unmoved": {
        "right": [_unmoved, lambda model, step: tuple(_unmoved(model, step)), _by_sum],
        "kind": [*JUNK, torch.nn.Linear(4, 4)],
        "fails": [lambda: None, lambda model, step: step(1), lambda model, step: 1 / 0],
        "no-step": [lambda model, step: NAMES, lambda model, step: None],
        "steps": [lambda model, step: _unmoved(model, step, steps=2)],
        "returns": [
            lambda model, step: step(),
            lambda model, step: str(_unmoved(model, step)),
            lambda model, step: [model, step()],
        ],
        "same-memory": [
            lambda model, step: _unmoved(model, step, keep=lambda p: p),
            lambda model, step: _unmoved(model, step, keep=lambda p: p.detach()),
        ],
        "close": [lambda model, step: _compared(model, step, torch.allclose)],
        "part": [lambda model, step: _compared(model, step, lambda p, b: bool((p == b).any()))],
        "moved": [lambda model, step: _unmoved(model, step, wanted=False)],
        "other": [
            lambda model, step: (step(), [])[1],
            lambda model, step: _unmoved(model, step)[:1],
        ],
    },
    "debugging-diagnose": {
        "right": ["bcad", "BCAD", "b, c, a, d", ["b", "c", "a", "d"], ("b", "c", "a", "d")],
        "kind": [*JUNK, "abc", "bcadd", "bbad", lambda: "bcad", ["b", 1]],
        "start": ["abcd", "cbad"],
        "batch": ["acbd", "dcab"],
        "still": ["bcda"],
    },
}
