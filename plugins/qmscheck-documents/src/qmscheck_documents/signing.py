"""What stands beside `Approved by`, or beside `Approved` alone: a person, a date, both, a mere yes, or a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qmscheck_documents.dates import is_date, split_date
from qmscheck_documents.labels import bare_step, column_of

__all__ = ["meant"]

_BY = ("prepared_by", "reviewed_by", "approved_by")
_LED_BY = re.compile(r"(?:(?:yes|ja)[\s,:-]+)?(?:by|von|durch)[\s:]+(?=\S)", re.IGNORECASE)
_ON = re.compile(r"(?:on|am|den|vom)\s+", re.IGNORECASE)
#: Words that say that it was done, and not by whom; and those that say that it was not, or how often it is.
_DONE = frozenset({
    "yes", "y", "true", "x", "ok", "okay", "done", "granted", "given", "approved", "released", "authorised",
    "authorized", "reviewed", "checked", "final", "ja", "erteilt", "erfolgt", "erledigt", "liegt vor", "genehmigt",
    "freigegeben", "geprüft",
})  # fmt: skip
_NOT_DONE = frozenset({
    "no", "false", "not approved", "pending", "approval pending", "open", "draft", "not yet", "in progress",
    "in review", "under review", "required", "not required", "rejected", "annually", "yearly", "quarterly", "monthly",
    "every year", "never", "nein", "nicht genehmigt", "nicht freigegeben", "ausstehend", "offen", "entwurf",
    "noch nicht", "noch offen", "in arbeit", "in prüfung", "erforderlich", "nicht erforderlich", "abgelehnt",
    "jährlich", "vierteljährlich", "monatlich", "nie",
})  # fmt: skip
_NAME = re.compile(r"[\"'(]*(?:d(?:er|ie|urch)\s|the\s)?[^\W\d_a-zäöüß][^\d?!:]*")
_LONGEST, _SENTENCE = 12, 4


def meant(label: str, value: str) -> Iterator[tuple[str, str]] | None:
    """Give what a folded label and its value tell, as labels and values; None where nobody can tell what they do.

    A date beside `approved by` or `approved` is when, and no person; a mere `yes` names nobody. Beside `approved`
    alone a person is only what is written like a name: `Approved: suppliers of the list` is about something else.
    """
    bare = bare_step(label)
    by = f"{bare} by" if bare is not None else label
    column = column_of(by)
    if column not in _BY:
        return iter([(label, value)])
    name, date = ("", value) if is_date(value) else split_date(value)
    answer = name.strip(" .!():").casefold()
    if answer in _NOT_DONE:
        return iter(())
    name = "" if answer in _DONE else _LED_BY.sub("", name, count=1)
    if bare is not None and name and not _is_name(name):
        return None
    told = [(by, name)] if name else []
    return iter([*told, *([(column.replace("_by", " on"), _ON.sub("", date, count=1))] if date else [])])


def _is_name(text: str) -> bool:
    words = len(text.split())
    return words <= _LONGEST and not (words > _SENTENCE and text.endswith(".")) and _NAME.fullmatch(text) is not None
