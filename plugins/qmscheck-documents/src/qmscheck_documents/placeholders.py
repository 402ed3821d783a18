"""Marks of what nobody has filled in yet: TODO, merge fields, ruled lines, bracketed demands, unticked boxes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Held", "Sought", "count", "demands", "says_nothing", "sought"]

_SURE = re.compile(
    r"""
      \[\s*TODO\b[^\]]* | \bTODO\b | \bFIXME\b | \bT\.?B\.?[DC]\b\.?
    | \{\{.{0,200}?\}\} | \$\{[^}]{0,200}\} | <%.*?(?:%>|$) | \{[A-Z][A-Z_ ]{2,}\}
    | «\s*(?:\w*[_\d]\w*|[a-zäöü]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*|Name|Firma|Company|Date|Datum|Address|Adresse)\s*»
    | _{3,}(?:\s*/\s*_{2,})* | …{2,}+(?!\s*\d) | \.{6,}+(?!\s*[\divx]) | (?:\.\s){6,}+(?!\s*[\divx])
    | \blorem\s+ipsum\b | \b[xX]{3,}\b | \bXYZ\b | [(\[]\s*(?:\.{3}|…)\s*[)\]]
    | \bclick\s+(?:or\s+tap\s+)?here\s+to\s+enter\b | \bklicken\s+(?:oder\s+tippen\s+)?sie\s+hier\b
    | \b(?:insert|enter|type|add)\s(?:[\w'\u2019/-]+\s){1,6}here\b
    | \bhier\s(?:[\w'\u2019/-]+\s){0,5}(?:einfügen|eintragen|eingeben|ergänzen)\b
    | \bMax\s+Mustermann\b | \bMusterfirma\b | \bMuster\s+(?:GmbH|AG)\b
    | (?<![\w<])<(?!https?:|mailto:|/|!)[^\W\d_][^<>@=\n]{1,80}(?<!\s)>
    """,
    re.VERBOSE,
)
_SURE_ANY_CASE = re.compile(
    r"\blorem\s+ipsum\b|\btbd\b|\bclick\s+(?:or\s+tap\s+)?here\s+to\s+enter\b"
    r"|\b(?:insert|enter|type|add)\s(?:[\w'\u2019/-]+\s){1,6}here\b|\bklicken\s+(?:oder\s+tippen\s+)?sie\s+hier\b",
    re.IGNORECASE,
)
_DATE_MASK = re.compile(r"\b(?:DD|TT|dd)[/.-](?:MM|mm)[/.-](?:YYYY|JJJJ|yyyy|YY)\b|\b(?:YYYY|JJJJ)-MM-(?:DD|TT)\b")
_BRACKET = re.compile(r"(?<!\[)\[(?!\[)([^\[\]]{2,400})\](?![\](])")
_DEMAND = re.compile(
    r"^(?:please\s+)?(?:insert|enter|describe|specify|list|select|choose|state|write|add|define|provide|document|identify|"
    r"detail|complete|explain|summari[sz]e|record|attach|replace|your|to\s+be|example|commitment|yes/no|"
    r"name|date|company|organi[sz]ation|role|title|address|department|project|person|position|signature|link|number|"
    r"bitte|beschreib\w*|angeben|eintragen|einfügen|ergänzen|auswählen|datum|firma|unternehmen|beispiel|"
    r"abteilung|rolle|titel|anschrift|unterschrift|nummer|verantwortlich\w*)\b"
    r"|^(?:e\.\s?g\.|z\.\s?b\.)"
    r"|\b(?:name|names|date|here|details|datum|einfügen|eintragen|angeben|ergänzen|beschreiben|auswählen)$",
    re.IGNORECASE,
)
_ALONE = re.compile(r"[^\w\[\]]{0,4}\[[^\W\d_][\w'\u2019-]*(?:\s[\w'\u2019(),/-]+){1,8}\][^\w\[\]]{0,4}")
_BOX = re.compile(r"[☐□]|^\[ ?\](?=\s)|\( \)(?=\s?\w)|\[\[\s*\]\]")
_TICKED = re.compile(r"[☑☒✓✔✗✘■]|[\[(][xX][\])]")
_SHORT = 70
_NOTHING = frozenset({"(blank)", "(table)", "n/a", "none", "null", "k.a."})
# Nearly all passages are settled by a look for these, before any pattern is tried.
_SIGNS = tuple("[]{}<>«_…☐□$(")
_WORDS = ("todo", "tbd", "tbc", "t.b", "fixme", "lorem", "xxx", "xyz", "click", "klicken", " here", "hier", "muster",
          "....", ". . .", "-mm-", "/mm/", ".mm.")  # fmt: skip


class Held(NamedTuple):
    """A text in small letters, and each of its words once: to look through these takes a tenth of the time."""

    text: str
    words: str

    @classmethod
    def by(cls, text: str) -> Held:
        """Take a text as it stands."""
        small = text.casefold()
        return cls(small, " ".join(set(small.split())))

    def of(self, pieces: Iterable[str]) -> tuple[str, ...]:
        """Give those pieces of words, or of some words in a row, that stand in the text."""
        return tuple(
            one
            for one in pieces
            if all(part in self.words for part in one.split()) and (" " not in one or one in self.text)
        )


class Sought(NamedTuple):
    """What a mark may be known by: characters, and pieces of words in small letters."""

    signs: tuple[str, ...] = _SIGNS
    words: tuple[str, ...] = _WORDS


def sought(text: str, known: Held) -> Sought:
    """Give what is there to be looked for in parts of a text, which is given as it stands, and by what it holds."""
    return Sought(tuple(one for one in _SIGNS if one in text), known.of(_WORDS))


def count(text: str, sought: Sought = Sought()) -> int:  # noqa: B008  (nothing can change it)
    """Count the marks of unfilled content in a passage. `sought` is what was found in the text that it is a part of."""
    if not _may_hold(text, sought):
        return 0
    sure = len(_SURE.findall(text)) or len(_SURE_ANY_CASE.findall(text))
    masks = len(_DATE_MASK.findall(text)) if len(text) < _SHORT else 0
    brackets = sum(_is_open(found) for found in _BRACKET.findall(text)) if "[" in text else 0
    brackets = brackets or int(not sure and _ALONE.fullmatch(text) is not None)
    boxes = 1 if _BOX.search(text) and not _TICKED.search(text) else 0
    return sure + brackets + (0 if brackets else masks) + boxes


def _may_hold(text: str, sought: Sought) -> bool:
    for sign in sought.signs:
        if sign in text:
            return True
    if sought.words:
        small = text.casefold()
        for word in sought.words:
            if word in small:
                return True
    return False


def says_nothing(text: str) -> bool:
    """Say whether what stands beside a label is no answer: a blank, a dash, `n/a`, a mark of a blank."""
    return text.casefold() in _NOTHING or not any(map(str.isalnum, text)) or count(text) > 0


def demands(text: str) -> bool:
    """Say whether the whole passage is one bracketed piece of advice to its author."""
    found = _BRACKET.fullmatch(text.strip(" *_.-"))
    return found is not None and len(found[1].split()) > 2 and "TODO" not in text  # noqa: PLR2004


def _is_open(inside: str) -> bool:
    bare = inside.strip()
    if bare.startswith(("TODO", "...", "…")):
        return False  # counted as a sure mark
    return _DEMAND.search(bare) is not None or _DATE_MASK.search(bare) is not None
