"""What a quoted passage may not show: addresses of mail, telephone numbers, accounts, and names of persons.

Names are known by two ways: a word after a salutation, and the values of personal columns, of which only pseudonyms
are held. The same passage is masked the same way wherever the same evidence was read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

__all__ = ["MAIL", "masked", "may_be_person"]

MAIL, _PHONE, _IBAN, _NAME = "[mail]", "[phone]", "[IBAN]", "[name]"

_MAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
#: Country, check digits, and 11 to 30 letters and digits (ISO 13616), with spaces where people write them.
_ACCOUNT = re.compile(r"\b[A-Za-z]{2}[0-9]{2}(?:[ \u00a0]?[A-Za-z0-9]){11,30}\b")
#: Seven to fifteen digits (ITU-T E.164), with what people put between them; a date is none, nor a plain number.
_BETWEEN = r"/ \u00a0-"
_NUMBER = re.compile(
    rf"(?<![\w./-])(?:(?:\+|00)[0-9][0-9().{_BETWEEN}]{{6,22}}[0-9](?!\w)"
    rf"|\(?0[0-9]{{1,5}}\)?[{_BETWEEN}][0-9{_BETWEEN}]{{4,16}}[0-9](?!\w|\.[0-9]))"
)
_DIGITS = range(7, 16)
#: Letters and digits of the shortest account number in use (Norway).
_SHORTEST = 15
_CAPITAL = r"(?:(?:[dlDLO]['\u2019])?[^\W\d_a-zß-öø-ÿ](?:[^\W\d_]|['\u2019-])*\.?)"
_PARTICLE = r"(?:von|vom|van|de|del|della|der|den|di|da|du|la|le|zu|zum|zur|bin|ibn|al|el|ten|ter|af)"
_SALUTATION = re.compile(
    r"\b(Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herrn?|Frau|Hr|Fr|Dipl\.-Ing|Mme|Monsieur|Madame)\b(\.?\s+)"
    rf"((?:(?:Dr|Prof|Dipl\.-Ing|Ing|{_PARTICLE})\.?\s+)*{_CAPITAL}(?:\s+{_CAPITAL}){{0,2}})"
)
#: A name has a capital at its start and at its end; a number of a person has letters and digits.
_PERSON = re.compile(rf"{_CAPITAL}(?:,?\s+(?:{_CAPITAL}|{_PARTICLE}))*")
_NAME_LIKE = re.compile(rf"{_PERSON.pattern}|[A-Za-z]{{1,5}}[-_/]?[0-9]{{2,}}|[0-9]{{3,}}")
#: Words of roles: who is called by a role is not named. Personal columns often hold roles, and texts are full of them.
_ROLE = re.compile(
    r"(?i)\b(?:chief|head|lead|leads|manager\w*|director\w*|officer\w*|engineer\w*|auditor\w*|assessor\w*|supervisor\w*|"
    r"owner|partner|founder|president|secretary|representative|coordinator|specialist|assistant|clerk|technician|operator|"
    r"team|desk|office|department|board|management|committee|service|services|sales|quality|purchasing|logistics|design|"
    r"production|finance|accounting|marketing|operations|customer|customers|support|compliance|human|resources|it|hr|qm|qmb|"
    r"internal|external|ceo|coo|cfo|cto|"
    r"\w*(?:leitung|leiter|leiterin|führung|führer|führerin|beauftragter?|beauftragten|dienst|abteilung|annahme|büro|technik|"
    r"techniker|technikerin|meister|meisterin|lager|lagerist|lageristin|einkauf|verkauf|vertrieb|werkstatt|fertigung|"
    r"qualität|buchhaltung|verwaltung|vorstand|prüfer|prüferin|sachbearbeiter|sachbearbeiterin|ingenieur|ingenieurin|"
    r"kundendienst|logistik|versand|produktion|entwicklung|konstruktion|montage|vorbereitung|planung|disposition|empfang|"
    r"labor|controlling|wesen|team|chef|chefin|inhaber|inhaberin)|externer?|interner?)\b"
)
_WORD = re.compile(r"\S+")
#: Signs around a word that are no part of a name.
_AROUND = ".,;:!?()[]{}\"'\u201e\u201c\u201d\u201a\u2018\u2019\u00ab\u00bb<>/|*_"
#: Words of the longest name that is looked for.
_LONGEST = 6


def masked(text: str, known: Collection[str], pseudonym: Callable[[str], str]) -> str:
    """Write a passage without personal values. `known` are pseudonyms of names, made by `pseudonym`."""
    text = _MAIL.sub(MAIL, text)
    text = _ACCOUNT.sub(lambda m: _without_account(m[0]), text)
    text = _NUMBER.sub(lambda m: _PHONE if sum(c.isdigit() for c in m[0]) in _DIGITS else m[0], text)
    if known:
        text = _without_known(text, known, pseudonym)
    return _SALUTATION.sub(lambda m: f"{m[1]}{m[2]}{_NAME}", text)


def may_be_person(text: str) -> bool:
    """Tell whether a short text is written as the name of a person is; a role is none."""
    return _PERSON.fullmatch(text) is not None and _is_name(text)


def _without_account(text: str) -> str:
    """Take out an account number; words may follow that look like parts of it."""
    ends = [m.end() for m in re.finditer(r"\S+", text)]
    end = next((end for end in reversed(ends) if _is_account(text[:end])), 0)
    return _IBAN + text[end:] if end else text


def _is_account(text: str) -> bool:
    """Tell whether a text is an account number: its check digits are right (ISO 7064, MOD 97-10)."""
    plain = re.sub(r"\s", "", text).upper()
    number = "".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])
    return len(plain) >= _SHORTEST and int(number) % 97 == 1


def _without_known(text: str, known: Collection[str], pseudonym: Callable[[str], str]) -> str:
    """Take out every run of words that is a known name, the longest first."""
    words = [(m.start(), m.end()) for m in _WORD.finditer(text)]
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(words):
        runs = [_bare(text, words[at][0], words[at + n - 1][1]) for n in range(min(_LONGEST, len(words) - at), 0, -1)]
        hit = next(
            (run for run in runs if _is_name(text[run[0] : run[1]]) and pseudonym(text[run[0] : run[1]]) in known), None
        )
        if hit is None:
            at += 1
            continue
        found.append(hit)
        at += sum(start < hit[1] for start, _ in words[at:])
    for start, end in reversed(found):
        text = text[:start] + _NAME + text[end:]
    return text


def _is_name(run: str) -> bool:
    """Tell whether a run of words may name a person: that costs less than its pseudonym, and roles name nobody."""
    return _NAME_LIKE.fullmatch(run) is not None and _ROLE.search(run) is None


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out the signs around a run of words; a stop after an initial is part of it."""
    while start < end and text[start] in _AROUND:
        start += 1
    while start < end and text[end - 1] in _AROUND:
        end -= 1
    return start, end
