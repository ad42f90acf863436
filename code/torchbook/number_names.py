"""The names of the numbers below a million, in English and in Spanish: pairs to translate.

They are exact, and there are a million of them, so that a translator can be tested on numbers that
it never saw.  Chapter: translation.
"""

from torch.utils.data import Dataset

EN, EN_TENS = map(
    str.split,
    (
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen",
        "- - twenty thirty forty fifty sixty seventy eighty ninety",
    ),
)
ES, ES_TENS, ES_HUNDREDS = map(
    str.split,
    (
        "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
        "dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés "
        "veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve",
        "- - - treinta cuarenta cincuenta sesenta setenta ochenta noventa",
        "- ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos "
        "ochocientos novecientos",
    ),
)


def english(n: int) -> str:
    """A number below a million, as the British say it: "and" before the last two digits.

    ValueError for a number below 0 or above 999,999.  Chapter: translation.

    >>> english(21_345), english(1_007)
    ('twenty-one thousand three hundred and forty-five', 'one thousand and seven')
    """
    check_range(n)
    if n < 20:
        return EN[n]
    if n < 100:
        return EN_TENS[n // 10] + (f"-{EN[n % 10]}" if n % 10 else "")
    unit, name = (1000, "thousand") if n >= 1000 else (100, "hundred")
    rest = n % unit
    link = " and " if rest < 100 else " "
    return f"{english(n // unit)} {name}" + (link + english(rest) if rest else "")


def spanish(n: int) -> str:
    """A number below a million, as one counts: "uno" at the end, but "un" before "mil".

    ValueError for a number below 0 or above 999,999.  Source: Real Academia Española,
    Diccionario panhispánico de dudas (2005), "cardinales".  Chapter: translation.

    >>> spanish(21_101), spanish(1_000), spanish(100)
    ('veintiún mil ciento uno', 'mil', 'cien')
    """
    check_range(n)
    if n < 30:
        return ES[n]
    if n < 100:
        return ES_TENS[n // 10] + (f" y {ES[n % 10]}" if n % 10 else "")
    if n == 100:
        return "cien"
    if n < 1000:
        return ES_HUNDREDS[n // 100] + (f" {spanish(n % 100)}" if n % 100 else "")
    thousands = spanish(n // 1000).replace("veintiuno", "veintiún").replace("uno", "un")
    mil = "mil" if n < 2000 else f"{thousands} mil"
    return mil + (f" {spanish(n % 1000)}" if n % 1000 else "")


def check_range(n: int) -> None:
    """ValueError for a number that has no name here.

    >>> check_range(1_000_000)
    Traceback (most recent call last):
    ValueError: 1000000 has no name here: give a whole number from 0 to 999999
    """
    if not 0 <= n < 1_000_000 or n != int(n):
        raise ValueError(f"{n} has no name here: give a whole number from 0 to 999999")


class NumberNames(Dataset[tuple[str, str]]):
    """The million pairs (English, Spanish): example n names n.  They are made when asked for.

    `torchbook.data.split(NumberNames(), (0.01, 0.001, 0.001))` makes 10,000 to learn from, and
    1,000 and 1,000 that are not among them.  IndexError from 1,000,000 on.  Chapter: translation.

    >>> NumberNames()[16]
    ('sixteen', 'dieciséis')
    """

    def __len__(self) -> int:
        return 1_000_000

    def __getitem__(self, n: int) -> tuple[str, str]:
        if not 0 <= n < len(self):
            raise IndexError(f"number {n}: ask for 0 to {len(self) - 1}")
        return english(n), spanish(n)
