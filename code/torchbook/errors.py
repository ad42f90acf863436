"""Show an error without stopping: the page goes on, and fails if the error does not come."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def expect_error(kind: type[BaseException]) -> Iterator[None]:
    """Run the block, which must raise `kind`; print the error's type and message.

    Raises AssertionError when nothing is raised: a mistake that has stopped being one must not stay
    on a page.  An error of another kind passes through.  Chapter: index.

    >>> with expect_error(ZeroDivisionError):
    ...     1 / 0
    ZeroDivisionError: division by zero
    """
    try:
        yield
    except kind as error:
        print(f"{type(error).__name__}: {error}")
    else:
        raise AssertionError(f"expected {kind.__name__}, but nothing was raised")
