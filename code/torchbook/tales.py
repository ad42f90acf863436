"""Short stories in English and Spanish at once, with the exact probability of each.

A tale is made of random choices alone, all its ways and words equally likely, and each of them can
be read in either language.  So its text has a probability that is known, and no model can have a
lower loss, on average, than the entropy of the tales (`torchbook.tales_entropy`).
Chapter: tales.
"""

import math
from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple, TypeVar

from torchbook.tales_grammar import Cast, Line, OneOf, Story, candidates, castings, fill
from torchbook.tales_plots import STORY
from torchbook.tales_words import Language, Word

END = "\n\n"  # an empty line ends a tale
Option = TypeVar("Option")


class Tale(NamedTuple):
    """A tale, sentence by sentence in both languages, and its log-probability in nats.

    Chapter: tales.
    """

    en: tuple[str, ...]
    es: tuple[str, ...]
    log_prob: float

    def text(self, language: Language) -> str:
        """One sentence a line, and an empty line as end mark."""
        return "\n".join(getattr(self, language)) + END


def tales(n: int, seed: int) -> list[Tale]:
    """The first n tales of a seed; ValueError for a negative n.

    They are the same on every platform: they depend on the bits of Python's Mersenne Twister alone.
    Other seeds give other tales: some to train on, some to evaluate.  Chapter: tales.

    >>> tale, = tales(1, seed=0)
    >>> tale.en[0], tale.es[0]  # doctest: +NORMALIZE_WHITESPACE
    ('Once upon a time a girl called Alba lived in a mountain village.',
     'Hace tiempo, una niña llamada Alba vivía en un pueblo de montaña.')
    """
    if n < 0:
        raise ValueError(f"n={n} tales cannot be told: ask for 0 or more")
    random = Random(seed)
    return [tell_one(random) for _ in range(n)]


def tell_one(random: Random) -> Tale:
    """The next tale that the random bits choose."""
    lines: list[Line] = []
    cast: dict[str, Word] = {}
    choices = tell(STORY, random, cast, lines)
    en = tuple([fill(line.en, cast) for line in lines])
    es = tuple([fill(line.es, cast) for line in lines])
    return Tale(en, es, -math.log(choices))


def corpus(n: int, seed: int, language: Language) -> str:
    """The first n tales of a seed in one language, each with its end mark.  Chapter: tales.

    >>> corpus(3, seed=0, language="en").count(END)
    3
    """
    return "".join(tale.text(language) for tale in tales(n, seed))


def tell(story: Story, random: Random, cast: dict[str, Word], lines: list[Line]) -> int:
    """Go on with a story, adding to its cast and lines; returns among how many it was chosen."""
    choices = 1
    for part in story:
        if isinstance(part, OneOf):
            choices *= len(part.ways)
            choices *= tell(draw(part.ways, random), random, cast, lines)
            continue
        lines.append(part)
        for role in part.roles:
            if role not in cast:
                words = candidates(role, cast)
                choices *= len(words)
                cast[role] = draw(words, random)
    return choices


def draw(options: Sequence[Option], random: Random) -> Option:
    """One of them, each as likely: as many random bits as are needed, again while too large."""
    while True:
        i = random.getrandbits((len(options) - 1).bit_length())
        if i < len(options):
            return options[i]


def log_prob(text: str, language: Language) -> float:
    """The log-probability, in nats, of a whole tale with its end mark; -inf for any other text.

    It is read as it was told, sentence by sentence.  There is never more than one way to read it,
    so the probability of the choices is that of the text.  Chapter: tales.

    >>> tale, = tales(1, seed=0)
    >>> log_prob(tale.text("es"), "es") == tale.log_prob
    True
    >>> log_prob("Once upon a time.", "en")
    -inf
    """
    if language not in ("en", "es"):
        raise ValueError(f'language={language!r}: tales are told in "en" and in "es"')
    choices = next(readings(STORY, text, language, {}), None)
    return -math.log(choices) if choices else -math.inf


def readings(story: Story, text: str, language: Language, cast: Cast) -> Iterator[int]:
    """For each way to read a text as the rest of a story: among how many it was chosen."""
    if not story:
        if text == "\n":  # the second of the end mark
            yield 1
        return
    part, rest = story[0], story[1:]
    if isinstance(part, OneOf):
        for way in part.ways:
            for choices in readings(way + rest, text, language, cast):
                yield choices * len(part.ways)
        return
    template = (*getattr(part, language), "\n")
    for left, grown in castings(template, text, cast):
        new = [role for role in part.roles if role not in cast]
        if all(grown[role] in candidates(role, grown) for role in new):
            drawn = math.prod(len(candidates(role, grown)) for role in new)
            for choices in readings(rest, left, language, grown):
                yield choices * drawn
