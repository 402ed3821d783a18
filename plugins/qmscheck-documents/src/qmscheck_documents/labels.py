"""Labels such as `Version:` or `Freigegeben von`, and the column of `documents` that each one fills."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

__all__ = [
    "bare_step", "begins_label", "column_of", "facets_of", "folded", "is_known", "is_label", "labelled", "may_tell",
    "step_of",
]  # fmt: skip

_ALIASES = {
    "title": "title; document title; titel; dokumenttitel; handbook title; name of document",
    "kind": "type; kind; doc type; document type; dokumentart; dokumenttyp; art des dokuments",
    "doc_id": (
        "id; document id; doc id; document no; document nr; document number; document code; doc no; doc number; docid;"
        " dokument id; dokument nr; dokumenten nr; dokumentnummer; dokumentennummer; dok nr; form no; form number;"
        " reference no; procedure no; procedure number; policy number"
    ),
    "version": (
        "version; revision; rev; rev no; revision no; document version; doc version; document revision; version no;"
        " version number; revision number; revision level; dokumentversion; versionsnummer; revisionsstand; ausgabe;"
        " version nr; revision nr; revisionsnummer; revnumber"
    ),
    "status": "status; document status; doc status; dokumentstatus; freigabestatus; bearbeitungsstatus",
    "owner": (
        "owner; document owner; doc owner; process owner; policy owner; procedure owner; responsible; eigentümer;"
        " dokumenteneigentümer; dokumenteigentümer; verantwortlich; verantwortlicher; verantwortliche;"
        " dokumentenverantwortlicher; dokumentverantwortlicher; prozesseigner; prozessverantwortlicher;"
        " responsible person; owned by"
    ),
    "approved_by": (
        "approved by; approver; approval; authorised by; authorized by; released by; signed off by; genehmigt durch;"
        " genehmigt von; genehmigung; freigegeben durch; freigegeben von; freigabe; freigabe durch; freigegeben"
    ),
    "prepared_by": (
        "author; authors; autor; verfasser; ersteller; erstellt von; erstellt durch; written by; prepared by;"
        " drafted by"
    ),
    "prepared_on": "prepared on; date prepared; erstellt am; erstellungsdatum",
    "reviewed_by": "reviewer; reviewed by; checked by; verified by; geprüft von; geprüft durch; prüfer",
    "reviewed_on": "reviewed on; date reviewed; checked on; geprüft am; prüfdatum",
    "approved_on": (
        "approved on; approval date; approved date; date approved; date of approval; release date; released on;"
        " freigabedatum; freigegeben am; genehmigt am; datum der freigabe; freigabe am; date of release"
    ),
    "review_due": (
        "review due; review due on; review due date; next review; next review date; next review due; review date;"
        " due for review; review by; nächste überprüfung; überprüfung fällig; nächste prüfung; wiedervorlage;"
        " nächste überprüfung am; überprüfung fällig am; review fällig; nächste revision"
    ),
    "language": "language; lang; sprache",
    "modified_on": (
        "modified; modified on; last modified; date modified; updated; last updated; last update; updated on;"
        " letzte aktualisierung; letzte änderung; geändert am; stand; aktualisiert am; modify date; modifydate"
    ),
}
_COLUMN: Mapping[str, str] = MappingProxyType(
    {alias.strip(): column for column, aliases in _ALIASES.items() for alias in aliases.split(";")}
)
_OTHER = frozenset({
    "checked", "geprüft", "effective date", "effective from", "valid from",
    "gültig ab", "valid until", "gültig bis", "date", "datum", "classification", "klassifizierung", "organisation",
    "organization", "scope", "department", "abteilung", "regulatory references", "unterschrift", "signature",
})  # fmt: skip
_STEPS = {
    "prepared": (
        "prepared; prepared by; author; authors; written; written by; drafted; drafted by; created; created by;"
        " originator; compiled by; erstellt; erstellt von; erstellt durch; ersteller; erstellerin; erstellung;"
        " verfasst; verfasst von; verfasser; verfasserin; autor; autorin; bearbeitet; bearbeitet von; bearbeiter;"
        " bearbeiterin"
    ),
    "reviewed": (
        "reviewed; reviewed by; reviewer; review; checked; checked by; verified; verified by; geprüft; geprüft von;"
        " geprüft durch; prüfer; prüferin; prüfung; überprüft; überprüft von; überprüft durch"
    ),
    "approved": (
        "approved; approved by; approver; approval; authorised; authorised by; authorized; authorized by; released;"
        " released by; release; signed off by; freigegeben; freigegeben von; freigegeben durch; freigabe; freigabe von;"
        " freigabe durch; genehmigt; genehmigt von; genehmigt durch; genehmigung;"
        " freigeber; freigeberin; freigebender; genehmiger; genehmigerin; approvers; authoriser; authorizer"
    ),
}
#: Labels that name a step and neither ask who nor when: `Approved: A. Smith`, `Freigabe: 12.03.2026`.
_BARE_STEPS = {
    "prepared": "prepared; written; drafted; erstellt; verfasst",
    "reviewed": "reviewed; checked; verified; geprüft; überprüft",
    "approved": "approved; approval; authorised; authorized; released; freigegeben; freigabe; genehmigt; genehmigung",
}
_BARE_STEP: Mapping[str, str] = MappingProxyType(
    {alias.strip(): step for step, aliases in _BARE_STEPS.items() for alias in aliases.split(";")}
)
_STEP: Mapping[str, str] = MappingProxyType(
    {alias.strip(): step for step, aliases in _STEPS.items() for alias in aliases.split(";")}
)
_ORDER = tuple(_STEPS)
_FACETS = {
    "name": "name; names; full name; print name; printed name; name in print; vorname; nachname; person",
    "role": (
        "role; function; position; title; job title; department; funktion; rolle; stelle; position im unternehmen;"
        " abteilung; bereich"
    ),
    "date": "date; on; dated; date signed; datum; am; ort; place",
    "signature": "signature; sign; signed; initials; unterschrift; signatur; visum; kürzel; handzeichen; paraphe",
    "version": "version; revision; rev; version no; ausgabe; revisionsstand; versionsnummer",
}
_FACET: Mapping[str, str] = MappingProxyType(
    {alias.strip(): facet for facet, aliases in _FACETS.items() for alias in aliases.split(";")}
)
_JOINED = re.compile(r"\s*(?:[/|&,+]|\band\b|\bund\b)\s*", re.IGNORECASE)
_NUMBERED = re.compile(r"^\d+\s+")
_ASIDE, _BETWEEN = re.compile(r"\([^)]*\)"), re.compile(r"[^\w%]+|_")
#: What each character of an ASCII label becomes where labels are compared.
_FOLDED = bytes(ord(chr(n).lower()) if n < 128 and (chr(n).isalnum() or chr(n) == "%") else 32 for n in range(256))  # noqa: PLR2004
#: Characters of the longest label.
_LONGEST = 50
_ENDS = ("version", "revision", "id")
_RECORD_OF_ITS_OWN = re.compile(r"^[\w ]{1,40}\b(?:version|revision|id)$")


def folded(label: str) -> str:
    """Write a label as labels are compared: `**Document-ID:**` and `document_id` become `document id`."""
    if label.isascii() and "(" not in label:  # as nearly all are: without a pattern, which takes four times as long
        return " ".join(label.encode().translate(_FOLDED).decode().split())
    bare = _ASIDE.sub(" ", label.casefold())
    return " ".join(_BETWEEN.sub(" ", bare).split())


def column_of(label: str) -> str | None:
    """Give the column of `documents` that a folded label fills."""
    return _COLUMN.get(label)


def is_known(label: str) -> bool:
    """Say whether a folded label is one that stands in the head of a controlled document."""
    if label in _COLUMN or label in _OTHER:
        return True
    return label.endswith(_ENDS) and _RECORD_OF_ITS_OWN.match(label) is not None


def step_of(label: str) -> str | None:
    """Give the step of approval that a label names: prepared, reviewed or approved; of several, the last."""
    if len(label) > _LONGEST:
        return None
    if label.isascii() and label.isalpha():  # one word, and no number before it
        return _STEP.get(label.lower())
    steps: list[str] = []
    for part in _JOINED.split(label):
        step = _STEP.get(_NUMBERED.sub("", folded(part)))
        if step is None:
            return None
        steps.append(step)
    return max(steps, key=_ORDER.index)


def bare_step(label: str) -> str | None:
    """Give the step that a folded label names without saying whether a person or a day stands beside it."""
    return _BARE_STEP.get(label)


def facets_of(label: str) -> tuple[str, ...]:
    """Give what a label of a block of approvals asks for (name, role, date ...); nothing for another."""
    if len(label) > _LONGEST:
        return ()
    facets = [_FACET.get(folded(part)) for part in _JOINED.split(label)]
    return () if None in facets else tuple(dict.fromkeys(facet for facet in facets if facet))


def labelled(text: str) -> tuple[str, str] | None:
    """Split `Label: value`, where the label is a known one. The label is given as it stands."""
    head, colon, rest = text[:60].partition(":")
    if not colon or len(head) > _LONGEST or not (is_known(label := folded(head)) or label in _BARE_STEP):
        return None
    return head.strip(" *"), (rest + text[60:]).strip(" *|")


_FIRST = frozenset(label.split()[0] for label in (*_COLUMN, *_OTHER, *_BARE_STEP))
_TELLING = frozenset({*_FIRST, *(word for step in _STEP for word in step.split())})
_FIRST_WORD = re.compile(r"\W*(\w+)")


def is_label(label: str) -> bool:
    """Say whether a folded label is one of the list, and not only named like a version or number of its own."""
    return label in _COLUMN or label in _OTHER


def may_tell(text: str) -> bool:
    """Say whether a line may begin with a known label or the name of a step: a quick look at its first word."""
    word = text.partition(" ")[0]
    return not word.isalnum() or word.casefold() in _TELLING


def begins_label(text: str) -> bool:
    """Say whether a line may begin with a known label: a quick look at its first word."""
    word = text.partition(" ")[0]
    if word.isalnum():
        return word.casefold() in _FIRST
    found = _FIRST_WORD.match(text)
    return found is not None and found[1].casefold() in _FIRST
