"""The language of a text, by its small words or its script. A list of our own: no model, nothing to download.

A language is told only where its small words clearly lead; a text of a script that one language or a few have is given
that language's code, or the name of the script.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["is_plainly", "language_of"]

_SMALL = {
    "cs": "a se na je že v s pro jsou nebo při podle které který být jako jeho musí může",
    "da": "og i at er det til på af for med den der som ikke eller skal kan ved fra bliver",
    "de": (
        "der die das und ist sind für mit von nicht werden wird zu den im auf eine ein oder des dem in an bei als auch"
        " sich nach durch wir unsere aus er sie es dass kann muss zum zur"
    ),
    "en": (
        "the and of to is are for with be by this that shall not from which an as on or in a it have has we our will at"
        " must was were their can if when all"
    ),
    "es": "el la los las de del que y en por para con una es se no su al como más debe",
    "et": "ja on ei et see või kui mis oma ning kõik tuleb peab selle",
    "fi": "ja on ei että se tai kun joka sen ovat myös kaikki tulee pitää sekä mukaan",
    "fr": "le la les des de du et en un une est que pour dans par sur au aux avec sont ne pas nous",
    "hr": "i u je se na da za su od s ili koji kao te koje mora biti prema",
    "hu": "a az és hogy nem is egy meg kell vagy minden ez azt amely szerint",
    "it": "il lo la i gli le di del della che e in per con una è si non alla dei delle sono",
    "lt": "ir yra į kad su iš ar bei kaip turi būti pagal visi dėl",
    "lv": "un ir no ar ka uz par vai kas tiek jābūt saskaņā visi lai",
    "nl": "de het een en van is in te dat op voor met zijn niet aan door worden wordt ook bij",
    "no": "og i er det til på av for med den som ikke eller skal kan ved fra blir etter",
    "pl": "i w na z do jest się nie że dla oraz przez od po są lub który które być musi",
    "pt": "o a os as de do da dos das que e em por para com uma é não se ao como são deve",
    "ro": "și de la în cu pe pentru care este sunt nu din sau ale prin trebuie către",
    "sk": "a sa na je že v s pre sú alebo pri podľa ktoré ktorý byť ako musí môže",
    "sl": "in je na za se da so ki v z ali pri po tudi kot mora biti vse",
    "sv": "och i att är det till på av för med den som inte eller ska kan vid från blir",
    "tr": "ve bir bu için ile olarak olan veya da de göre tüm gerekir",
}
_LISTED: Mapping[str, frozenset[str]] = MappingProxyType(
    {language: frozenset(words.split()) for language, words in _SMALL.items()}
)
_OWNERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        word: tuple(one for one, words in _LISTED.items() if word in words)
        for word in frozenset().union(*_LISTED.values())
    }
)
_SCRIPTS = (
    (re.compile("[\u3040-\u30ff]"), "ja"), (re.compile("[\uac00-\ud7af]"), "ko"),
    (re.compile("[\u4e00-\u9fff]"), "zh"), (re.compile("[\u0370-\u03ff]"), "el"),
    (re.compile("[\u0590-\u05ff]"), "he"), (re.compile("[\u0600-\u06ff]"), "ar"),
    (re.compile("[\u0900-\u097f]"), "hi"), (re.compile("[\u0e00-\u0e7f]"), "th"),
    (re.compile("[\u0456\u0457\u0454\u0491]"), "uk"), (re.compile("[\u0400-\u04ff]"), "ru"),
)  # fmt: skip
#: A letter that only Bulgarian writes in the middle of words, and letters that it has not.
_BULGARIAN, _RUSSIAN = re.compile("(?<=\\w)\u044a(?=\\w)"), re.compile("[\u044b\u044d\u0451]")
_UKRAINIAN = 0.02
_WORD = re.compile(r"[^\W\d_]+")
_APART = bytes(n if n < 128 and chr(n).isalpha() else 32 for n in range(256))  # noqa: PLR2004
_LONGEST = 8_000
_ENOUGH = 3
#: By how much English and German must lead, or be led. Of two others that are near (Danish, Norwegian) either is told.
_LEAD = 1.15
_OWN_SCRIPT = 0.3
#: For all languages but these, so many small words are needed, and they must make up such a share of all.
_OURS = frozenset({"de", "en"})
_MANY, _SHARE = 5, 0.1
_PLAINLY, _GLANCE = 0.15, 240


def language_of(text: str, enough: int = _ENOUGH) -> str | None:
    """Give the code of the language (ISO 639-1) that leads with at least so many small words; None where none does."""
    part = text[:_LONGEST]
    if not part.isascii() and (told := _by_script(part)):
        return told
    found: Counter[str] = Counter()
    words = _words(part.casefold())
    for word, times in Counter(words).items():
        for language in _OWNERS.get(word, ()):
            found[language] += times
    if not found:
        return None
    (first, most), *others = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    second = next((times for language, times in others if {language, first} & _OURS), 0)
    if most < enough or most <= second or most < second * _LEAD:
        return None
    # A few words of a name or a table must not turn a text into one that nobody can read.
    sure = first in _OURS or (most >= _MANY and most > len(words) * _SHARE)
    return first if sure else None


def _words(text: str) -> list[str]:
    """Give the runs of letters of a text; of an ASCII one without a pattern, which takes ten times as long."""
    return text.encode().translate(_APART).decode().split() if text.isascii() else _WORD.findall(text)


def is_plainly(text: str, language: str) -> bool:
    """Say whether a good part of the words of a text are small words of a language: a quick look."""
    known = _LISTED.get(language, frozenset())
    words = text[:_GLANCE].casefold().split()
    return sum(map(known.__contains__, words)) > len(words) * _PLAINLY


def _by_script(text: str) -> str | None:
    """Tell a language by its letters, where they make up a good part of the text."""
    letters = sum(map(str.isalpha, text))
    for script, language in _SCRIPTS:
        number = len(script.findall(text))
        if number > letters * (_UKRAINIAN if language == "uk" else _OWN_SCRIPT):
            bulgarian = language == "ru" and len(_BULGARIAN.findall(text)) > len(_RUSSIAN.findall(text))
            return "bg" if bulgarian else language
    return None
