"""An expected error is shown; one that does not come, or is another, fails."""

import pytest

from torchbook.errors import expect_error


def test_the_error_is_printed_and_the_page_goes_on(capsys):
    with expect_error(ValueError):
        int("two")
    assert capsys.readouterr().out == (
        "ValueError: invalid literal for int() with base 10: 'two'\n"
    )


def test_no_error_is_an_error():
    missing = "expected ValueError, but nothing was raised"
    with pytest.raises(AssertionError, match=missing), expect_error(ValueError):
        int("2")


def test_another_error_passes_through():
    with pytest.raises(ZeroDivisionError), expect_error(ValueError):
        1 / 0  # noqa: B018
