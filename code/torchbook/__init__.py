"""The teaching code of the book: small modules, one idea each."""

__version__ = "0.1.0"
