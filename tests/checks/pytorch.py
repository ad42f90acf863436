"""Answers to the exercises of the page `pytorch`, right ones and wrong ones, with what is said."""

import torch
import torch.nn.functional as F


def step(model, optimizer, images, labels, device):
    loss = F.cross_entropy(model(images.to(device)), labels.to(device))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


def attached(model, optimizer, images, labels, device):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images.to(device)), labels.to(device))
    loss.backward()
    optimizer.step()
    return loss


def accumulates(model, optimizer, images, labels, device):
    loss = F.cross_entropy(model(images.to(device)), labels.to(device))
    loss.backward()
    optimizer.step()
    return loss


def never_steps(model, optimizer, images, labels, device):
    loss = F.cross_entropy(model(images.to(device)), labels.to(device))
    loss.backward()
    return loss


def cleared_too_late(model, optimizer, images, labels, device):
    loss = F.cross_entropy(model(images.to(device)), labels.to(device))
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss


def softmax_first(model, optimizer, images, labels, device):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images.to(device)).softmax(1), labels.to(device))
    loss.backward()
    optimizer.step()
    return loss


def silent(model, optimizer, images, labels, device):
    step(model, optimizer, images, labels, device)


def unnamed(model, optimizer, images, labels, device):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images.to(device)), labels.to(device)).backward()
    optimizer.step()
    return loss


def returns_all(model, optimizer, images, labels, device):
    return step(model, optimizer, images, labels, device), images


def returns_later(model, optimizer, images, labels, device):
    step(model, optimizer, images, labels, device)
    return F.cross_entropy(model(images.to(device)), labels.to(device))


def waits(model, optimizer, images, labels, device):
    return step(model, optimizer, images, labels, device).item()


def chooses(model, optimizer, images, labels, device):
    loss = step(model, optimizer, images, labels, device)
    return loss if loss > 0 else -loss


def prints(model, optimizer, images, labels, device):
    loss = step(model, optimizer, images, labels, device)
    print(f"{loss}")
    return loss


def prints_a_shape(model, optimizer, images, labels, device):
    print(images.shape, device)
    return step(model, optimizer, images, labels, device)


def stays(model, optimizer, images, labels, device):
    here = next(model.parameters()).device if device.type != "meta" else "cpu"
    return step(model, optimizer, images, labels, here)


def labels_stay(model, optimizer, images, labels, device):
    optimizer.zero_grad()
    here = labels if device.type == "meta" else labels.to(device)
    loss = F.cross_entropy(model(images.to(device)), here)
    loss.backward()
    optimizer.step()
    return loss


def too_few(model, images, labels):
    return None


CASES = {
    "pytorch-nudge": {
        "right": [31.2, 31.20075, torch.tensor(31.2), torch.tensor([31.2], requires_grad=True)],
        "kind": [None, "31.2", (31.2, 0), float("nan"), float("inf"), True],
        "uphill": [31.8],
        "whole-step": [1.5, 61.5, 1.2],
        "no-gradient": [31.49, 31.51],
        "change-only": [-0.3, 0.3],
        "same": [31.5],
        "other": [0, 28.5, 945.0],
    },
    "pytorch-needs-a-number": {
        "right": ["adf", "fda", "A, D, F", ["a", "d", "f"], {"a", "d", "f"}],
        "kind": [None, "", 3, "xyz", object(), torch.tensor([]), [1, 2]],
        "shape": ["abdf", "b"],
        "arithmetic": ["acdf", "acf"],
        "keeping": ["adef"],
        "choice": ["af", "a"],
        "python-value": ["ad", "df", "d"],
    },
    "pytorch-step": {
        "right": [step, attached, prints_a_shape],
        "kind": [None, 3, "step", torch.tensor([]), torch.nn.Linear],
        "raises": [too_few, lambda: None],
        "still": [never_steps, cleared_too_late, lambda *arguments: None],
        "accumulates": [accumulates],
        "other": [softmax_first],
        "nothing": [silent, unnamed],
        "no-loss": [returns_all, returns_later],
        "waits": [waits, chooses, prints],
        "stays": [stays, labels_stay],
    },
    "pytorch-break-even": {
        "right": [5000, 5e-6 / 1e-9, torch.tensor(5000)],
        "kind": [None, "5000", torch.tensor([]), (5000, 1), float("nan"), lambda n: n],
        "units": [5, 0.005, 5_000_000],
        "double": [10_000],
        "half": [2500],
        "other": [0, 6000, -5000],
    },
}
