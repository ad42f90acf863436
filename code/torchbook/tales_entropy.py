"""What no model of the tales can beat: their entropy, computed from the grammar, without sampling.

The choices of a story are of two kinds.  Which way it takes depends on nothing.  Which word plays a
role depends on the words that play the role's parents, and not on the ways.  So each expectation is
a sum over lines and roles, exact but for rounding.
Chapter: tales.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from torchbook.tales_grammar import Line, OneOf, Slot, Story, candidates
from torchbook.tales_plots import STORY
from torchbook.tales_words import ROLES, Language, Word

TOKEN = re.compile(r"\w+|[^\w\s]|\n")
Names = tuple[str, ...]  # of roles, in the order of ROLES
Known = tuple[tuple[str, Word], ...]  # who plays what, as far as it matters
Casts = dict[frozenset[str], tuple[float, int]]


class Entropy(NamedTuple):
    """Nats per tale, and how many tokens and characters a tale has on average, end mark included.

    The mean loss over all tokens of many tales tends to the quotient of these means, which is not
    the mean of the tales' quotients.  Chapter: tales.
    """

    nats: float
    tokens: float
    characters: float

    @property
    def per_token(self) -> float:
        return self.nats / self.tokens

    @property
    def per_character(self) -> float:
        return self.nats / self.characters


def tokens(text: str) -> list[str]:
    """Words, punctuation marks and ends of lines, one by one; spaces are left out.

    Chapter: tales.

    >>> tokens("—¡Justo lo que quería! —dijo Ana.")[:6]
    ['—', '¡', 'Justo', 'lo', 'que', 'quería']
    """
    return TOKEN.findall(text)


def number_of_tokens(text: str) -> int:
    return len(tokens(text))


def entropy(language: Language, story: Story = STORY) -> Entropy:
    """The exact entropy of a tale, and its exact mean length in a language.

    The nats are the same in both languages, as every choice can be read in each.  Chapter: tales.

    >>> entropy("en").nats == entropy("es").nats
    True
    """
    nats = entropy_of_ways(story)
    for names, (probability, _) in casts(story).items():
        nats += probability * entropy_and_number(in_order(names), ())[0]
    return Entropy(
        nats,
        mean_length(story, language, number_of_tokens),
        mean_length(story, language, len),
    )


def count(story: Story = STORY) -> int:
    """How many different tales there are.  Chapter: tales.

    >>> count() > 10**12
    True
    """
    return sum(
        ways * entropy_and_number(in_order(names), ())[1]
        for names, (_, ways) in casts(story).items()
    )


def entropy_of_ways(story: Story) -> float:
    nats = 0.0
    for part in story:
        if isinstance(part, OneOf):
            nats += math.log(len(part.ways))
            nats += sum(map(entropy_of_ways, part.ways)) / len(part.ways)
    return nats


def casts(story: Story) -> Casts:
    """{the roles that are named: (with what probability, on how many ways)}."""
    found: Casts = {frozenset(): (1.0, 1)}
    for part in story:
        if isinstance(part, Line):
            here: Casts = {frozenset(part.roles): (1.0, 1)}
        else:
            share = 1 / len(part.ways)
            here = added((a, p * share, n) for way in part.ways for a, (p, n) in casts(way).items())
        found = added(
            (a | b, p * q, n * m) for a, (p, n) in found.items() for b, (q, m) in here.items()
        )
    return found


def added(parts: Iterable[tuple[frozenset[str], float, int]]) -> Casts:
    """Probabilities and numbers of ways, added up for each set of roles."""
    found: Casts = {}
    for names, probability, ways in parts:
        before = found.get(names, (0.0, 0))
        found[names] = (before[0] + probability, before[1] + ways)
    return found


def in_order(names: Iterable[str]) -> Names:
    return tuple(sorted(names, key=list(ROLES).index))


@cache
def entropy_and_number(names: Names, known: Known) -> tuple[float, int]:
    """Of the casts for some roles, beside those who are known."""
    if not names:
        return 0.0, 1
    words = candidates(names[0], dict(known))
    later = [entropy_and_number(names[1:], still(known, names, word)) for word in words]
    nats = math.log(len(words)) + math.fsum(nats for nats, _ in later) / len(words)
    return nats, sum(number for _, number in later)


def still(known: Known, names: Names, word: Word, needed: Names = ()) -> Known:
    """What is known after a word plays the first role, and matters to the others."""
    matters = (*parents(names[1:]), *needed)
    return tuple([pair for pair in (*known, (names[0], word)) if pair[0] in matters])


@cache
def parents(names: Names) -> Names:
    return tuple(parent for name in names for parent in ROLES[name].parents)


Length = Callable[[str], int]


def mean_length(story: Story, language: Language, length: Length) -> float:
    """Of a tale's text, measured piece by piece, with an end of line for each line and the last."""
    return length("\n") + math.fsum(
        probability * mean_line(getattr(line, language), length)
        for line, probability in lines(story, 1.0)
    )


def lines(story: Story, probability: float) -> Iterator[tuple[Line, float]]:
    """Each line, and the probability that it is told."""
    for part in story:
        if isinstance(part, Line):
            yield part, probability
        else:
            for way in part.ways:
                yield from lines(way, probability / len(part.ways))


def mean_line(template: tuple[str | Slot, ...], length: Length) -> float:
    return length("\n") + math.fsum(
        length(part)
        if isinstance(part, str)
        else mean_slot(part, length, in_order(ancestors(part.roles)), ())
        for part in template
    )


def ancestors(names: Iterable[str]) -> set[str]:
    """These roles, and all on whose words theirs depend."""
    found = set(names)
    return found.union(*(ancestors(ROLES[name].parents) for name in found))


@cache
def mean_slot(slot: Slot, length: Length, names: Names, known: Known) -> float:
    if not names:
        cast = dict(known)
        return length(slot.say(*(cast[role] for role in slot.roles)))
    words = candidates(names[0], dict(known))
    later = (
        mean_slot(slot, length, names[1:], still(known, names, word, slot.roles)) for word in words
    )
    return math.fsum(later) / len(words)
