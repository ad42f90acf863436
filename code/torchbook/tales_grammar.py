"""How a line of a tale is said: templates in both languages, filled with the words of its roles.

A story is a sequence of lines and of places where one of several ways is taken, all equally likely.
In the templates, braces hold

    {hero} {count fruit}    words, which agree with each other: "three apples"
    {a colour toy} {The toy}    an article, with a capital letter if need be: "an orange kite"
    {*fruit} {few -coin}    the plural: "apples"; what agrees with a noun that is not said
    {he/she hero}           masculine or feminine, singular or plural, as the role is

Spanish articles are written un, el, al, del; y becomes e before the sound i.
Chapter: tales.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import compress, product

from torchbook.tales_words import ROLES, Language, Role, Word

Cast = Mapping[str, Word]  # {role: the word that plays it}
ARTICLES = {"en": ("a", "the"), "es": ("un", "el", "al", "del", "y")}
VOWEL = re.compile(r"(?!uni|one|eu)[aeiou]|hour|honest", re.I)
SOUNDS_LIKE_I = re.compile(r"h?[ií](?![eéa])", re.I)
FEMININE_WITH_EL = ("águila", "agua", "ala", "hacha")  # they begin with a stressed a


def with_article(language: Language, kind: str, noun: str, gender: str, plural: bool) -> str:
    """A noun, and what belongs to it, behind the article (or the y) that it asks for.

    >>> [with_article("en", "a", noun, "", False) for noun in ("owl", "unicorn", "red owl")]
    ['an owl', 'a unicorn', 'a red owl']
    >>> with_article("es", "al", "águila blanca", "f", False)
    'al águila blanca'
    >>> with_article("es", "del", "nueces", "f", True), with_article("es", "y", "Irene", "f", False)
    ('de las nueces', 'e Irene')
    """
    if language == "en":
        return f"{'an' if kind == 'a' and VOWEL.match(noun) else kind} {noun}"
    if kind == "y":
        return f"{'e' if SOUNDS_LIKE_I.match(noun) else 'y'} {noun}"
    feminine = gender == "f" and (plural or noun.split()[0] not in FEMININE_WITH_EL)
    if kind == "un":
        return f"{'una' if feminine else 'un'} {noun}"
    the = ("el", "la", "los", "las")[feminine + 2 * plural]
    before = {"el": the, "al": f"a {the}", "del": f"de {the}"}[kind]
    return f"{before.replace('a el', 'al').replace('de el', 'del')} {noun}"


class Slot:
    """What stands in braces in one language."""

    def __init__(self, language: Language, source: str, capital: bool) -> None:
        self.language, self.plural, self.capital = language, "*" in source, capital
        self.article, self.forms = "", ("", "")
        names = source.replace("*", "").split()
        if "/" in source:
            masculine, _, feminine = source.rpartition(" ")[0].partition("/")
            self.forms, names = (masculine, feminine), names[-1:]
        elif names[0].lower() in ARTICLES[language]:
            self.article = names.pop(0).lower()
        self.roles = tuple(name.lstrip("-") for name in names)
        self.said = tuple(name[0] != "-" for name in names)

    @cache  # noqa: B019  # there are a few hundred slots, and they are never thrown away
    def say(self, *words: Word) -> str:
        """The text, with the words that play its roles."""
        gender = "".join(word.gender for word in words)
        plural = self.plural or any(word.plural for word in words)
        if self.forms[1]:
            text = self.forms[plural or gender == "f"]
        else:
            said = compress(words, self.said)
            text = " ".join(word.form(self.language, gender, plural) for word in said)
            if self.article:
                text = with_article(self.language, self.article, text, gender, plural)
        return text[0].upper() + text[1:] if self.capital else text


Template = tuple[str | Slot, ...]
slot = cache(Slot)  # the same braces, in all lines, are the same slot


def template(language: Language, source: str) -> Template:
    """The texts and slots of a sentence; its first letter, if a slot has it, is a capital."""
    parts: list[str | Slot] = []
    for i, text in enumerate(re.split(r"\{(.*?)\}", source)):
        first = not re.search(r"\w", source.partition("{")[0]) and i == 1
        parts.append(slot(language, text, first or text[0].isupper()) if i % 2 else text)
    return tuple(part for part in parts if part)


@dataclass(frozen=True, eq=False)
class Line:
    """One sentence in both languages, and the roles that it names, parents first."""

    en: Template
    es: Template
    roles: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class OneOf:
    """A place where a story goes on in one of several ways, all equally likely."""

    ways: tuple["Story", ...]


Story = tuple[Line | OneOf, ...]


def say(en: str, es: str) -> Line:
    """A sentence in both languages."""
    texts = template("en", en), template("es", es)
    named = {role for text in texts for slot in slots(text) for role in slot.roles}
    return Line(*texts, tuple(sorted(named, key=list(ROLES).index)))


def one_of(*ways: Line | Story) -> OneOf:
    """Each way is a sentence or several; the empty one says nothing."""
    return OneOf(tuple((way,) if isinstance(way, Line) else way for way in ways))


def slots(text: Template) -> Iterator[Slot]:
    return (part for part in text if isinstance(part, Slot))


@cache
def playable(role: Role, fits: tuple[Word, ...], unlike: tuple[Word, ...]) -> tuple[Word, ...]:
    return tuple(
        word
        for word in role.words
        if word not in unlike and all(word.tags & other.tags for other in fits)
    )


def candidates(name: str, cast: Cast) -> tuple[Word, ...]:
    """The words that may play a role beside those who are in the cast, all equally likely."""
    role = ROLES[name]
    return playable(
        role,
        tuple(cast[parent] for parent in role.fits),
        tuple(cast[parent] for parent in role.unlike),
    )


def fill(text: Template, cast: Cast) -> str:
    """A sentence whose roles are all played."""
    said = []
    for part in text:
        if isinstance(part, str):
            said.append(part)
        else:
            said.append(part.say(*map(cast.__getitem__, part.roles)))
    return "".join(said)


def castings(text: Template, said: str, cast: Cast) -> Iterator[tuple[str, Cast]]:
    """Each cast with which a text begins as the sentence asks, and the text that is left."""
    if not text:
        yield said, cast
        return
    part, rest = text[0], text[1:]
    if isinstance(part, str):
        if said.startswith(part):
            yield from castings(rest, said[len(part) :], cast)
        return
    new = [role for role in part.roles if role not in cast]
    for words in product(*(ROLES[role].words for role in new)):
        grown = {**cast, **dict(zip(new, words, strict=True))}
        filled = part.say(*(grown[role] for role in part.roles))
        if said.startswith(filled):
            yield from castings(rest, said[len(filled) :], grown)
