"""The kind of a document.

The rule, first answer wins: a file, folder or title that says template (Vorlage, Muster) is a `template`, whatever its
front matter says; then the `type` or `kind` of the front matter or of the head table; then SOP, WI or FRM in the title
or the file name; then the words of the title; then those of the file name; then a numbered code in the file name
(PR-006, F-12, POL-1); else `other`. Where a name holds several such words, the last one before `for`, `of`, `zu` ...
counts: a *policy review procedure* is a procedure. A `form` with anything left to fill in is a `template`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType

__all__ = ["KINDS", "kind_of"]

KINDS = (
    "policy", "procedure", "instruction", "form", "template", "record", "minutes", "manual", "plan", "register",
    "schedule", "report", "other",
)  # fmt: skip
_WORDS = {
    "policy": (
        "policy policies politik leitlinie leitbild policystatement politique política politica beleid polityka"
    ),
    "procedure": (
        "procedure procedures sop verfahren verfahrensanweisung prozessbeschreibung prozedur guideline guidelines"
        " richtlinie procédure procedimiento procedura procedimento"
    ),
    "instruction": (
        "instruction instructions workinstruction arbeitsanweisung anweisung anleitung howto istruzione instrucción"
        " instructie"
    ),
    "form": (
        "form forms formular formblatt questionnaire fragebogen checklist checkliste formulaire formulario formulier"
    ),
    "record": "record records nachweis aufzeichnung aufzeichnungen certificate zertifikat zeugnis",
    "minutes": "minutes protokoll besprechungsprotokoll sitzungsprotokoll niederschrift verbale notulen",
    "manual": "manual handbook handbuch qmh qmhandbuch manuel manuale handboek",
    "plan": "plan plans programme program programm roadmap",
    "register": "register registry list liste verzeichnis log inventory übersicht tracker kataster",
    "schedule": "schedule schedules calendar zeitplan kalender terminplan",
    "report": "report reports bericht auswertung",
}
_KIND: Mapping[str, str] = MappingProxyType({word: kind for kind, words in _WORDS.items() for word in words.split()})
# German joins words: the last part of a long word says what it is.
_ENDINGS = tuple(sorted((word for word in _KIND if len(word) > 4), key=len, reverse=True))  # noqa: PLR2004
_TEMPLATE = re.compile(r"\b(?:templates?|vorlagen?|\w+vorlagen?|muster|mustertext|skeleton|boilerplate)\b")
_CODES: Mapping[str, str] = MappingProxyType({"sop": "procedure", "wi": "instruction", "frm": "form"})
_NUMBERED_CODE = re.compile(r"\b(pr|qp|va|vp|wi|aa|f|fb|fo|pol) \d{1,4}\b")
_NUMBERED: Mapping[str, str] = MappingProxyType({
    "pr": "procedure", "qp": "procedure", "va": "procedure", "vp": "procedure", "wi": "instruction",
    "aa": "instruction", "f": "form", "fb": "form", "fo": "form", "pol": "policy",
})  # fmt: skip
_TURN = re.compile(r"\b(?:for|of|on|to|zu|zur|zum|für|der|des|von|über)\b")


def kind_of(path: str, title: str, stated: Iterable[str], *, unfilled: bool) -> str:
    """Tell the kind from the path within the folder, the title and what the document states of itself."""
    name = _spaced(PurePosixPath(path).stem)
    if _TEMPLATE.search(_spaced(path)) or _TEMPLATE.search(_spaced(title)):
        return "template"
    named = _spaced(title)
    answers = (
        *(_by_words(_spaced(text)) for text in stated),
        _by_code(named) or _by_code(name),
        _by_words(named),
        _by_words(name),
        next((_NUMBERED[code] for code in _NUMBERED_CODE.findall(name)), None),
    )
    kind = next((answer for answer in answers if answer), "other")
    return "template" if kind == "form" and unfilled else kind


def _spaced(text: str) -> str:
    apart = re.sub(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])", " ", text)
    return " ".join(re.sub(r"[\W_]+", " ", apart.casefold()).split())


def _by_words(text: str) -> str | None:
    head, *_ = _TURN.split(text, maxsplit=1)
    for part in (head, text):
        kinds = [kind for word in part.split() if (kind := _by_word(word))]
        if kinds:
            return kinds[-1]
    return None


def _by_word(word: str) -> str | None:
    if word == "template":
        return "template"
    for spelt in (word, word.replace("ae", "ä").replace("ue", "ü").replace("oe", "ö")):
        if spelt in _KIND:
            return _KIND[spelt]
    return next((_KIND[ending] for ending in _ENDINGS if word.endswith(ending)), None)


def _by_code(name: str) -> str | None:
    return next((_CODES[word] for word in name.split() if word in _CODES), None)
