"""Backpropagation needs no tensors: a hundred lines differentiate any expression of numbers.

Chapter: autograd.  Source: Linnainmaa (1976); Rumelhart, Hinton and Williams (1986).
"""

import math


class Scalar:
    """A number that remembers what it was made of, so that its derivatives can be found.

    `value` is a float.  `grad` is what `backward` adds to: the derivative of the number that it was
    called on with respect to this one.  It starts as 0 (in PyTorch as None), and is kept for
    results, too, not only for leaves.  + - * / accept ints and floats on either side, ** a number
    on the right.  Where PyTorch would yield inf or nan, Python's numbers raise: ZeroDivisionError,
    OverflowError, ValueError.  Chapter: autograd.

    >>> x, y = Scalar(3.0), Scalar(4.0)
    >>> (x * y + x).backward()
    >>> x.grad, y.grad
    (5.0, 3.0)
    """

    __slots__ = ("grad", "made_of", "value")

    def __init__(self, value: float, *made_of: tuple["Scalar", float]) -> None:
        self.value = float(value)
        self.made_of = made_of  # pairs: an operand, the derivative of this number for it
        self.grad = 0.0

    def __repr__(self) -> str:
        return f"Scalar({self.value:g}, grad={self.grad:g})"

    def backward(self) -> None:
        """Add to the `grad` of every number that this one was made of, and to its own.

        The gradients accumulate from call to call, as in PyTorch: set them to 0 in between.  Unlike
        there, the graph remains, for another call.

        >>> x = Scalar(3.0)
        >>> for _ in range(2):
        ...     (x * x).backward()
        >>> x.grad
        12.0
        """
        passed = {self: 1.0}  # d self / d node, complete when it is the node's turn
        for node in _users_first(self):
            node.grad += passed[node]
            for operand, derivative in node.made_of:
                passed[operand] = passed.get(operand, 0.0) + passed[node] * derivative

    def __add__(self, other: "Scalar | float") -> "Scalar":
        other = _scalar(other)
        return Scalar(self.value + other.value, (self, 1.0), (other, 1.0))

    def __mul__(self, other: "Scalar | float") -> "Scalar":
        other = _scalar(other)
        return Scalar(self.value * other.value, (self, other.value), (other, self.value))

    def __truediv__(self, other: "Scalar | float") -> "Scalar":
        other = _scalar(other)
        value = self.value / other.value
        return Scalar(value, (self, 1 / other.value), (other, -value / other.value))

    def __pow__(self, n: float) -> "Scalar":
        """A constant power: x ** n.  ValueError for a fractional power of a negative number.

        >>> Scalar(3.0) ** 2
        Scalar(9, grad=0)
        """
        if isinstance(n, Scalar):
            raise TypeError("the exponent is a Scalar: write a ** b as (b * a.log()).exp()")
        if self.value < 0 and n != int(n):
            raise ValueError(f"{self.value} ** {n} is not a real number: make the base positive")
        slope = n * self.value ** (n - 1) if n else 0.0
        return Scalar(self.value**n, (self, slope))

    def __neg__(self) -> "Scalar":
        return Scalar(-self.value, (self, -1.0))

    def __sub__(self, other: "Scalar | float") -> "Scalar":
        return self + -_scalar(other)

    def __rsub__(self, other: float) -> "Scalar":
        return _scalar(other) - self

    def __rtruediv__(self, other: float) -> "Scalar":
        return _scalar(other) / self

    __radd__, __rmul__ = __add__, __mul__  # the order does not matter

    def exp(self) -> "Scalar":
        """e to the power of this number, which is its own derivative.

        >>> Scalar(0.0).exp()
        Scalar(1, grad=0)
        """
        value = math.exp(self.value)
        return Scalar(value, (self, value))

    def log(self) -> "Scalar":
        """The natural logarithm.  ValueError if the number is not positive.

        >>> Scalar(1.0).log()
        Scalar(0, grad=0)
        """
        if self.value <= 0:
            raise ValueError(f"{self.value} has no logarithm: make it positive")
        return Scalar(math.log(self.value), (self, 1 / self.value))

    def tanh(self) -> "Scalar":
        """The hyperbolic tangent, between -1 and 1.

        >>> Scalar(0.0).tanh()
        Scalar(0, grad=0)
        """
        value = math.tanh(self.value)
        return Scalar(value, (self, 1 - value**2))

    def relu(self) -> "Scalar":
        """The number itself if it is positive, else 0; at 0 the derivative is 0, as in PyTorch.

        >>> Scalar(-2.0).relu()
        Scalar(0, grad=0)
        """
        return Scalar(max(self.value, 0.0), (self, float(self.value > 0)))


def _scalar(x: Scalar | float) -> Scalar:
    return x if isinstance(x, Scalar) else Scalar(x)


def _users_first(root: Scalar) -> list[Scalar]:
    """Every number that `root` was made of: each after all those that it helped to make."""
    order: list[Scalar] = []
    seen: set[Scalar] = set()
    todo = [(root, False)]  # a list in place of recursion: a graph may be 100,000 numbers deep
    while todo:
        node, operands_done = todo.pop()
        if operands_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            todo.append((node, True))
            todo += [(operand, False) for operand, _ in node.made_of]
    return order[::-1]
