"""The learning rate rises in a straight line, then falls along half a cosine.

Source: Loshchilov and Hutter (2017), equation 5, without restarts; Goyal et al. (2017), section
2.2, for the warm-up.  Chapter: optimizers.
"""

import math


def warmup_cosine(step: int, warmup: int, steps: int, floor: float = 0.0) -> float:
    """By what to multiply the peak learning rate at `step`, counted from 0: for `LambdaLR`.

    (step + 1) / warmup while it warms up, so that the first step moves and step `warmup` - 1 is at
    the peak; then from 1 down to `floor`, which it has at step `steps` and keeps.
    Chapter: optimizers.

    >>> [round(warmup_cosine(step, warmup=2, steps=6), 3) for step in range(7)]
    [0.5, 1.0, 1.0, 0.854, 0.5, 0.146, 0.0]
    """
    if step < warmup:
        return (step + 1) / warmup
    done = min((step - warmup) / max(steps - warmup, 1), 1.0)  # 0 ... 1
    return floor + (1 - floor) * (1 + math.cos(math.pi * done)) / 2
