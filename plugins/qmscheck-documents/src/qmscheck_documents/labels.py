"""Labels such as `Version:` or `Freigegeben von`, and the column of `documents` that each one fills."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["column_of", "folded", "is_known", "labelled"]

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
        " version nr; revision nr; revisionsnummer"
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
    "author", "autor", "verfasser", "ersteller", "erstellt von", "erstellt durch", "written by", "prepared by",
    "reviewer", "reviewed by", "checked by", "checked", "verified by", "geprüft", "geprüft von", "geprüft durch",
    "effective date", "effective from", "valid from",
    "gültig ab", "valid until", "gültig bis", "date", "datum", "classification", "klassifizierung", "organisation",
    "organization", "scope", "department", "abteilung", "regulatory references", "unterschrift", "signature",
})  # fmt: skip
_RECORD_OF_ITS_OWN = re.compile(r"^[\w ]{1,40}\b(?:version|revision|id)$")


def folded(label: str) -> str:
    """Write a label as labels are compared: `**Document-ID:**` and `document_id` become `document id`."""
    bare = re.sub(r"\([^)]*\)", " ", label.casefold())
    return " ".join(re.sub(r"[^\w%]+|_", " ", bare).split())


def column_of(label: str) -> str | None:
    """Give the column of `documents` that a folded label fills."""
    return _COLUMN.get(label)


def is_known(label: str) -> bool:
    """Say whether a folded label is one that stands in the head of a controlled document."""
    return label in _COLUMN or label in _OTHER or _RECORD_OF_ITS_OWN.match(label) is not None


def labelled(text: str) -> tuple[str, str] | None:
    """Split `Label: value`, where the label is a known one. The label is given as it stands."""
    head, colon, rest = text[:60].partition(":")
    if not colon or len(head) > 50 or not is_known(folded(head)):  # noqa: PLR2004
        return None
    return head.strip(" *"), (rest + text[60:]).strip(" *")
