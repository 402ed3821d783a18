"""The proposal as a plan: TOML with its reasons as comments, and what is unsure commented out with its question.

A line `# ----- label -----` says which file the lines below it are about: a second run knows by it what was seen.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from qmscheck.model import Origin, Ruleset, parted
from qmscheck.proposal import Proposal, Proposed
from qmscheck.proposal.limits import Limit
from qmscheck.proposal.mapping import Mapped
from qmscheck.proposal.papers import doubt, is_note, within
from qmscheck.proposal.seen import Document, Lost
from qmscheck.sql.figures import Spelling

__all__ = ["labels_in", "plan_text"]

_RULE = "-----"
_MARK = re.compile(rf"# {_RULE} (.+?) {_RULE}")
_LOST = re.compile(r"# not read: (.+?): ")
_WIDTH, _LISTED, _MOST_CODES = 118, 12, 20
#: A time in ISO 8601 with its offset from UTC.
_WITH_OFFSET = r"^[0-9-]{10}[T ][0-9:.,]+ ?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)$"
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ASKED_KINDS = ("policy", "procedure", "minutes")
_HEAD = """\
# A plan, proposed by `qmscheck init`. Behind each line stands why it is proposed.
#   1. Write who is audited, and what, under [audit].
#   2. Answer what begins with "# ?": take the # away from a line that is right, and change one that is not.
#   3. "Nothing is proposed for" names columns that no heading seems to mean: where a file has one of them, write
#      `column = "its heading"` below [source.columns].
#   4. `qmscheck evidence` shows what an audit would read; `qmscheck audit` audits.
# What you change stays: another run adds only files that are new.

[audit]
# ? The name of the folder: write that of the organisation, and what is audited of it (products, services, sites).
organization = {organization}
scope = "not stated"
rulesets = {rulesets}
# ? The twelve months that are looked at; without it, those before the day of the audit.
# period = {{ from = 2025-11-01, to = 2026-10-31 }}
"""
_ZONE = """\
# ? {heading} in {path} holds times with their offset from UTC: which zone's clock tells the day?
# timezone = "Europe/Berlin"
"""
_LIMITS = (
    "? Which limits has the organisation set itself? Each of these decides the verdict of a rule with records here."
    " Where nothing is stated, the value shown holds, which is that of the ruleset: take the # from [params] and from"
    " each line that the organisation states, with its own value, and write in ref where it stands."
)
_MORE = "# Added by `qmscheck init`: what was not here when it ran before.\n"


def labels_in(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Give what a plan already tells of: tables by their label, and what could not be read."""
    lines = text.splitlines()
    marks = (_MARK.fullmatch(line.strip()) for line in lines)
    lost = (_LOST.match(line) for line in lines)
    return frozenset(m[1] for m in marks if m), frozenset(m[1] for m in lost if m)


def plan_text(
    proposal: Proposal,
    ruleset: Ruleset,
    *,
    organization: str,
    rulesets: Sequence[str],
    before: str | None,
    asked: Sequence[Limit] = (),
) -> str:
    """Write the plan: a new one, or the one `before` with what is new behind it; the same where nothing is.

    A new one shows the limits that the organisation is `asked` for.
    """
    known = labels_in(before or "")[1]
    blocks = [
        *(_table(one, ruleset) for one in sorted(proposal.tables, key=_order)),
        *(_documents(folder, proposal.documents, ruleset) for folder in proposal.folders),
        *(_kinds(proposal, ruleset) if before is None else ()),
        *_lost([lost for lost in proposal.lost if _plain(lost.label) not in known]),
    ]
    if before is None:
        head = (
            _HEAD.format(organization=_text(organization), rulesets=_texts(rulesets)) + _zone(proposal) + _limits(asked)
        )
        return "\n".join([head, *blocks])
    if not blocks:
        return before
    end = "\r\n" if "\r\n" in before else "\n"
    start = before if before.endswith("\n") or not before else before + end
    return start + ("\n" + "\n".join([_MORE, *blocks])).replace("\n", end)


def _zone(proposal: Proposal) -> str:
    """Ask for the time zone where a column that is proposed holds times with an offset; nothing where none does."""
    for one in proposal.tables:
        headings = {column.heading for column in one.columns if column.sure and one.sure}
        for column in one.table.columns:
            if column.heading in headings and column.iso and re.search(_WITH_OFFSET, column.top[0].text):
                return _ZONE.format(heading=f"'{_plain(column.heading)}'", path=_plain(one.table.label))
    return ""


def _limits(asked: Sequence[Limit]) -> str:
    """Show each limit with the value of the ruleset, whose number that is, and the rule that it decides."""
    if not asked:
        return ""
    lines = [*_comments([_LIMITS]), "# [params]"]
    for name, spec, rule in asked:
        origin = "a convention, which binds nobody" if spec.origin == Origin.CONVENTION else f"{spec.origin} {spec.ref}"
        stated = f'{{ value = {json.dumps(spec.default)}, origin = "own-procedure", ref = "" }}'
        lines.append(f"# {name} = {stated}  # {_plain(spec.title)} ({rule}); as it stands, {_plain(origin)}")
    return "\n" + "\n".join(lines) + "\n"


def _order(one: Proposed) -> tuple[int, str, bool]:
    """What is proposed stands before what is asked, and that before what fits nothing."""
    return (0 if one.sure else 1 if one.name else 2, one.table.label, one.second)


def _table(one: Proposed, ruleset: Ruleset) -> str:
    """Write the block of one table; commented out as a whole where it is asked."""
    lines = [f"# {_RULE} {_plain(one.table.label)} {_RULE}", *_comments(_told(one, ruleset))]
    if one.name:
        source = [*_source(one), *_events(one), *_columns(one)]
        lines += source if one.sure else [line if line.startswith("#") else f"# {line}" for line in source]
    lines += _comments(_rest(one))
    if one.name:
        lines += _comments(_wanting(one, ruleset))
    return "\n".join(lines) + "\n"


def _told(one: Proposed, ruleset: Ruleset) -> Iterator[str]:
    """Say what was seen, and what it is likely to be."""
    table = one.table
    size = f"{_counted(table.rows, 'row')}, {_counted(len(table.columns), 'column')}"
    if len(table.paths) > 1:
        size += f", in {_counted(len(table.paths), 'file')} of one form"
    yield f"{size}. {' '.join(table.notes)}".strip()
    if not one.name:
        yield "? No table of the ruleset fits. If it is evidence, give it a [[source]]; else leave it so."
        return
    also = "It seems to hold this, too: " if one.second else ""
    yield f"{also}{one.name} ({parted(ruleset.tables[one.name].purpose)[0]}): {'; '.join(one.why)}."
    if one.again:
        yield f"? It seems to hold the same records as {one.again}, which is proposed: which of the two is to be read?"
    elif one.rivals:
        yield f"? {', '.join(one.rivals)} would fit as well: is it {one.name}? If so, take away the # below."
    elif not one.sure:
        yield f"? Is it {one.name}? If so, take away the # below, of the lines that are right."


def _source(one: Proposed) -> Iterator[str]:
    table = one.table
    yield "[[source]]"
    yield f"table = {_text(one.name)}"
    yield from [f"path = {_text(table.path)}"] if table.keys is None else _given(table.keys)
    for key, value in table.options.items():
        why = "  # to this row only: move the end where records are added below" if _ends(key, value) else ""
        yield f"{_key(key)} = {_text(value)}{why}"
    if table.header_row is not None:
        yield f"header_row = {table.header_row}"
    for key, number in table.advised.items():
        yield f"{_key(key)} = {number}  # else its headings would be blank, or the same for several columns"
    codes = _codes(one)
    if codes:
        yield f"missing = {_texts(['', *codes])}  # codes that mean that nothing is known"


def _given(keys: Mapping[str, object]) -> Iterator[str]:
    """Write the keys of a source as they were given: text, numbers, true and false, lists, a table of settings."""
    for key, value in keys.items():
        yield f"{_key(key)} = {_value(value)}"


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return f"{{ {', '.join(_given(value))} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _ends(key: str, value: str) -> bool:
    """Tell whether an option names cells, and no table that grows."""
    return key == "range" and re.search(r"[0-9]:\$?[A-Za-z]", value) is not None


def _codes(one: Proposed) -> list[str]:
    """Give the codes for nothing that stand in mapped columns and are no word of theirs."""
    found: dict[str, str] = {}
    for column in one.columns:
        if column.sure:
            for code in column.missing:
                found.setdefault(code.casefold(), code)
    return list(found.values())[:_MOST_CODES]


def _events(one: Proposed) -> Iterator[str]:
    """Write what makes one record of the events of each case; commented out where it is asked."""
    events = one.events
    if events is None:
        return
    many = f"'{events.key}' has {events.cases:,} values in {events.rows:,} rows, and '{events.order}' differs in each"
    if events.sure:
        yield from _comments([f"A log, by its name: {many}. One record is made of the events of each case."])
    else:
        asked = "Is each row an event of a case? If so, take away the # of the next three lines, and one record is made"
        yield from _comments([f"? {many}. {asked} of each case. If each row is a record of its own: what is its key?"])
    form = f", format = {_one_or_more(events.formats)}" if events.formats else ""
    kind = f', type = "{events.type}"' if events.type != "timestamp" else ""
    order = f"order = {{ from = {_text(events.order)}{kind}{form} }}"
    for line in ("[source.cases]", f"key = {_text(events.key)}", order):
        yield line if events.sure else f"# {line}"


def _columns(one: Proposed) -> Iterator[str]:
    yield "[source.columns]"
    for column in one.columns:
        if not column.sure:
            why = f" ({'; '.join(column.why)})" if column.why else ""
            yield from _comments([f"? Is '{column.heading}' the column {column.column}{why}?"])
        yield from _comments(f"? {column.column}: {question}" for question in column.questions)
        yield from _formats(column)
        yield from _column(column)


def _formats(column: Mapped) -> Iterator[str]:
    """Write both readings of dates or numbers that can be read twice, for a person to choose from."""
    for form in column.either:
        yield f"# {column.column} = {_inline(column, (form,), column.spelling)}"
    for spelling in column.spellings:
        yield f"# {column.column} = {_inline(column, column.formats, spelling)}"


def _column(column: Mapped) -> Iterator[str]:
    reasons = [*(["personal: it is never printed"] if column.personal else []), *(column.why if column.sure else ())]
    line = f"{column.column} = {_inline(column, column.formats, column.spelling)}"
    told = _plain("; ".join(reasons))
    if column.sure and column.either:
        told = f"without its format, an audit asks; {told}"
    yield (line if column.sure else f"# {line}") + (f"  # {told}" if told else "")


def _inline(column: Mapped, formats: Sequence[str], spelling: Spelling) -> str:
    """Write a mapping: the heading alone, or an inline table."""
    parts = []
    if formats:
        parts.append(f"format = {_one_or_more(formats)}")
    parts += _spelt(spelling)
    if column.values:
        pairs = ", ".join(f"{_key(given)} = {_text(word)}" for given, word in column.values.items())
        parts.append(f"values = {{ {pairs} }}")
    heading = _one_or_more(column.headings)
    parts += ["optional = true"] if column.optional else []
    plain = not parts and not column.others
    return heading if plain else f"{{ {', '.join([f'from = {heading}', *parts])} }}"


def _spelt(spelling: Spelling) -> Iterator[str]:
    """Write how numbers are spelt, where it is not as the engine writes them."""
    if spelling.decimal is not None and (spelling.decimal != "." or spelling.thousands is not None):
        yield f"decimal = {_text(spelling.decimal)}"
    if spelling.thousands is not None:
        yield f"thousands = {_text(spelling.thousands)}"
    if spelling.units:
        yield f"unit = {_one_or_more(spelling.units)}"
    if spelling.percent is not None:
        yield f"percent = {_text(spelling.percent)}"


def _rest(one: Proposed) -> Iterator[str]:
    """Name the columns that nothing takes; those that seem to be about persons say so."""
    if one.second or not one.rest:
        return
    personal = [f"'{s.column.heading}' ({s.personal})" for s in one.rest if s.personal]
    other = [f"'{s.column.heading}'" for s in one.rest if not s.personal]
    if other:
        yield f"Not read: {_listed(other)}."
    if personal:
        yield f"Not read, and about persons, it seems: {_listed(personal)}."


def _wanting(one: Proposed, ruleset: Ruleset) -> Iterator[str]:
    """Name the columns that are asked for and that nothing was proposed for; not those that may be absent."""
    given = {column.column for column in one.columns}
    absent = [
        f"{name} ({spec.title})" if spec.title else name
        for name, spec in ruleset.tables[one.name].columns.items()
        if name not in given and not spec.optional
    ]
    if absent:
        yield f"Nothing is proposed for: {'; '.join(absent)}."


def _asks_for_kinds(ruleset: Ruleset) -> bool:
    """Tell whether rules may look at what kind of document something is."""
    asked = (("documents", "kind"), ("passages", "document_kind"))
    return any(table in ruleset.tables and column in ruleset.tables[table].columns for table, column in asked)


def _documents(folder: str, documents: Sequence[Document], ruleset: Ruleset) -> str:
    """Write the source of a folder of documents, with what the documents are."""
    held = within(folder, documents)
    told = [f"{_counted(len(held), 'document')}. What each is, by its name, its title and what it says of itself:"]
    kinds = sorted({d.kind for d in held}, key=lambda kind: (kind == "other", kind))
    told += [f"{kind}: {_listed([d.path for d in held if d.kind == kind])}" for kind in kinds]
    source = ["[[source]]", 'table = "documents"', f"path = {_text(folder)}"]
    asked = doubt(folder, documents)
    if asked is not None:
        told.append(f"? {asked}")
    else:
        notes = [d.path for d in held if is_note(d.path)]
        told += [f"? Called like notes about a folder, and read like the others: {_listed(notes)}."] if notes else []
    if "documents" not in ruleset.tables:
        told.append("? The ruleset asks for no documents: to have them listed, it would need that table.")
    if asked is not None or "documents" not in ruleset.tables:
        source = [f"# {line}" for line in source]
    return "\n".join([f"# {_RULE} {_plain(folder)} {_RULE}", *_comments(told), *source]) + "\n"


def _kinds(proposal: Proposal, ruleset: Ruleset) -> Iterator[str]:
    """Ask once for the kinds that no document of the whole folder is of."""
    kinds = {document.kind for document in proposal.documents}
    absent = [kind for kind in _ASKED_KINDS if kind not in kinds]
    if proposal.documents and absent and _asks_for_kinds(ruleset):
        asked = [f"? No document is of the kind {kind}, it seems: is there one?" for kind in absent]
        yield "\n".join(_comments(asked)) + "\n"


def _lost(lost: Collection[Lost]) -> Iterator[str]:
    if lost:
        yield "\n".join(f"# not read: {_plain(one.label)}: {_plain(one.reason)}" for one in lost) + "\n"


def _comments(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from (f"# {line}" for line in textwrap.wrap(_plain(text), _WIDTH, subsequent_indent="  "))


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more


def _plain(text: str) -> str:
    """Write a text as a comment can hold it: one line, and nothing that is not printed."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _text(text: str) -> str:
    """Write a TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _texts(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"


def _one_or_more(texts: Sequence[str]) -> str:
    return _text(texts[0]) if len(texts) == 1 else _texts(texts)


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _text(name)
