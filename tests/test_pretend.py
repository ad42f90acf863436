"""The pretended GPU computes as the CPU does, and refuses what a GPU refuses."""

import subprocess
import sys

from execute import ROOT

LEARNS = """
import pretend, torch
pretend.begin()
for device in ("meta", "cpu"):
    torch.manual_seed(0)
    with torch.device(device):
        model = torch.nn.Linear(4, 1)
        optimizer = torch.optim.Adam(model.parameters())
        x, y = torch.randn(8, 4), torch.tensor([1.0] * 8)[:, None]
    for _ in range(3):
        loss = (model(x) - y).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert model.weight.device.type == device
    print(loss.item(), model.weight.tolist())
"""
REFUSES = """
import pretend, torch
pretend.begin()
for mistake in (
    lambda x: x + torch.ones(2, device="cpu"),
    lambda x: torch.stack((x, torch.ones(2, device="cpu"))),
    lambda x: x.numpy(),
    lambda x: x.cpu() + x,
):
    try:
        mistake(torch.ones(2))
    except RuntimeError as error:
        print("device" if "device= is missing" in str(error) else "numpy")
for device, other in (("cpu", "meta"), ("meta", "cpu")):
    own = torch.Generator(device).manual_seed(0)
    assert torch.randn(2, device=device, generator=own).device.type == own.device.type == device
    try:
        torch.randn(2, device=other, generator=own)
    except RuntimeError as error:
        print("generator" if "needs a generator" in str(error) else error)
x = torch.ones(2)
assert x[torch.tensor([0], device="cpu")].tolist() == [1.0]
print(x.device, x.cpu().numpy(), (x * torch.tensor(2.0, device="cpu")).tolist())
"""


def printed(code: str) -> list[str]:
    """What a process of its own prints, line by line."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT / "tests", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_network_learns_there_what_it_learns_on_the_cpu():
    there, here = printed(LEARNS)
    assert there == here


def test_mixing_devices_numpy_and_foreign_generators_are_refused():
    *refused, last = printed(REFUSES)
    assert refused == ["device", "device", "numpy", "device", "generator", "generator"]
    assert last == "meta [1. 1.] [2.0, 2.0]"
