"""Names of numbers, read back by a reader that knows nothing of how they are written."""

import hashlib
import random
import re

import pytest
from num2words import num2words

from torchbook.data import split
from torchbook.number_names import NumberNames, english, spanish

SAMPLE = [*range(1000), *range(1000, 1_000_000, 1000), *random.Random(0).sample(range(10**6), 500)]
VALUES = {
    english: (
        "zero:0 one:1 two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9 ten:10 eleven:11 "
        "twelve:12 thirteen:13 fourteen:14 fifteen:15 sixteen:16 seventeen:17 eighteen:18 "
        "nineteen:19 twenty:20 thirty:30 forty:40 fifty:50 sixty:60 seventy:70 eighty:80 ninety:90"
    ),
    spanish: (
        "cero:0 un:1 uno:1 dos:2 tres:3 cuatro:4 cinco:5 seis:6 siete:7 ocho:8 nueve:9 diez:10 "
        "once:11 doce:12 trece:13 catorce:14 quince:15 dieciséis:16 diecisiete:17 dieciocho:18 "
        "diecinueve:19 veinte:20 veintiún:21 veintiuno:21 veintidós:22 veintitrés:23 "
        "veinticuatro:24 veinticinco:25 veintiséis:26 veintisiete:27 veintiocho:28 veintinueve:29 "
        "treinta:30 cuarenta:40 cincuenta:50 sesenta:60 setenta:70 ochenta:80 noventa:90 cien:100 "
        "ciento:100 doscientos:200 trescientos:300 cuatrocientos:400 quinientos:500 "
        "seiscientos:600 setecientos:700 ochocientos:800 novecientos:900"
    ),
}


def read(name: str, language) -> int:
    """The number that a name means: values add up, "hundred" and "thousand" multiply."""
    values = {word: int(n) for word, n in re.findall(r"(\w+):(\d+)", VALUES[language])}
    below, thousands = 0, 0
    for word in re.split("[ -]", name):
        if word in ("thousand", "mil"):
            below, thousands = 0, below or 1
        elif word == "hundred":
            below *= 100
        elif word not in ("and", "y"):
            below += values[word]
    return 1000 * thousands + below


@pytest.mark.parametrize("language", [english, spanish])
def test_every_name_is_read_back_as_its_number(language):
    for n in [*SAMPLE, *range(0, 1_000_000, 101)]:
        assert read(language(n), language) == n


def test_english_names_are_those_of_num2words_without_its_commas():
    for n in SAMPLE:
        assert english(n) == num2words(n).replace(",", "")


def test_spanish_names_are_those_of_num2words_but_for_un_before_mil():
    for n in SAMPLE:
        theirs = num2words(n, lang="es")  # it says "veintiuno mil", which is no Spanish
        assert spanish(n) == theirs.replace("veintiuno mil", "veintiún mil").replace(
            "uno mil", "un mil"
        )


@pytest.mark.parametrize(
    ("n", "in_english", "in_spanish"),
    [
        (0, "zero", "cero"),
        (1, "one", "uno"),
        (16, "sixteen", "dieciséis"),
        (21, "twenty-one", "veintiuno"),
        (22, "twenty-two", "veintidós"),
        (31, "thirty-one", "treinta y uno"),
        (100, "one hundred", "cien"),
        (101, "one hundred and one", "ciento uno"),
        (505, "five hundred and five", "quinientos cinco"),
        (1_000, "one thousand", "mil"),
        (1_001, "one thousand and one", "mil uno"),
        (1_100, "one thousand one hundred", "mil cien"),
        (2_021, "two thousand and twenty-one", "dos mil veintiuno"),
        (21_000, "twenty-one thousand", "veintiún mil"),
        (31_031, "thirty-one thousand and thirty-one", "treinta y un mil treinta y uno"),
        (100_000, "one hundred thousand", "cien mil"),
        (101_000, "one hundred and one thousand", "ciento un mil"),
        (
            721_900,
            "seven hundred and twenty-one thousand nine hundred",
            "setecientos veintiún mil novecientos",
        ),
    ],
)
def test_the_names_are_those_that_people_say(n, in_english, in_spanish):
    assert (english(n), spanish(n)) == (in_english, in_spanish)
    assert NumberNames()[n] == (in_english, in_spanish)


@pytest.mark.parametrize(
    "fault",
    [
        r"uno mil",  # loses its o
        r"\b(un|veintiún)\b(?! mil)",  # and only there
        r"^un mil",  # mil is enough
        r"\bciento\b( mil|$)",  # cien
        r"\bcien\b(?! mil|$)",  # ciento
        r"(dieci|veinti)(dos|tres|seis)\b",  # lacks its accent
        r"(?<!nta) y |diez y|veinte (?!mil)",  # one word up to thirty
        r"nta (un|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)",  # lacks its y
    ],
)
def test_spanish_has_none_of_the_usual_faults(fault):
    assert not [name for name in map(spanish, SAMPLE) if re.search(fault, name)]


@pytest.mark.parametrize("language", [english, spanish])
@pytest.mark.parametrize("n", [-1, 1_000_000, 0.5])
def test_a_number_without_a_name_is_refused(language, n):
    with pytest.raises(ValueError, match=f"{n} has no name here: give a whole number from 0 to 99"):
        language(n)


def test_there_are_a_million_pairs_and_no_more():
    names = NumberNames()
    assert len(names) == 1_000_000
    for n in (-1, 1_000_000):
        with pytest.raises(IndexError, match=f"number {n}: ask for 0 to 999999"):
            names[n]


def test_the_parts_to_learn_from_and_to_test_on_are_the_same_everywhere():
    train, _, test = split(NumberNames(), (0.0005, 0.0001, 0.0001))
    digest = hashlib.sha256(repr([*train, *test]).encode()).hexdigest()
    assert digest[:16] == "2eee69f24212181f"
