"""Law 5: any bytes given as plan, ruleset or evidence yield a record or a located error; never a traceback, never a gap.

The fuzzer of `make fuzz` looks at the same targets for as long as one lets it; here each is spoilt a few times.
"""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fuzz.spoiling import rewritten, spoilt, spoilt_bytes, spoilt_text
from fuzz.targets import BrokenError, Target, audit, audit_of, named, targets
from hypothesis import example, given, settings
from hypothesis import strategies as st

_SOME = settings(max_examples=6, deadline=None)
_FEW = settings(max_examples=3, deadline=None)
#: Endings that are read as another one is: only the fuzzer looks at them.
_ALIKE = {
    "tsv.gz",
    "xlsm",
    "ndjson",
    "jsonl.gz",
    "ndjson.gz",
    "sqlite3",
    "db",
    "document-xlsm",
    "markdown",
    "text",
    "asciidoc",
    "htm",
    "xhtml",
}
_ALIKE |= {
    "docm",
    "dot",
    "dotm",
    "dotx",
    "pot",
    "potm",
    "potx",
    "pps",
    "ppsm",
    "ppsx",
    "pptm",
    "ott",
    "odp",
    "xltm",
    "xltx",
    "document-xls",
    "document-xlsb",
}
_DOCUMENTS = """[audit]
organization = "Test firm"
scope = "All sites"
rulesets = ["ruleset.toml"]
as_of = 2026-11-20

[[source]]
table = "documents"
path = "papers"
"""
_WORDS = """[ruleset]
id = "words"
title = "Words"
standard = "none"
edition = "1"
version = "1"
language = "en"

[term.policy]
en = ["policy", "complaint*"]

[table.documents]
purpose = "Every document"
key = "path"
[table.documents.columns]
path = { type = "text" }
version = { type = "text" }
approved_on = { type = "date" }
words = { type = "integer" }

[table.passages]
purpose = "What they say"
key = "passage_id"
[table.passages.columns]
passage_id = { type = "text" }
text = { type = "text" }

[[obligation]]
id = "W"
title = "Words"
force = "requirement"
clauses = ["1"]
doc_info = "none"
statement = "Words."
grade = "minor"
grade_why = "Words."
recommendation = "The quality manager reads."

[[rule]]
id = "W.said"
obligation = "W"
title = "Said"
count = "passages"
where = "mentions(text, 'policy')"
at_least = 1
conclusive = false
statement = "{met} passages."

[[rule]]
id = "W.approved"
obligation = "W"
title = "Approved"
each = "documents"
must = "filled(approved_on) and filled(version) and words > 0"
statement = "{unmet} of {population}."
"""


def of(kind: str | None) -> list[str]:
    return [name for name in apart() if known(name)[0].kind == kind]


def apart() -> list[str]:
    return [name for name in targets() if name not in _ALIKE]


@cache
def known(name: str) -> tuple[Target, list[bytes]]:
    target = targets()[name]
    return target, target.seeds() or [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)]


def spoilt_seed(name: str, seed: int) -> bytes:
    target, seeds = known(name)
    chance = random.Random(seed)
    content = chance.choice(seeds)
    for _ in range(chance.choice((1, 1, 2, 4))):
        content = spoilt(content, chance, target.suffix)
    return content


@pytest.mark.parametrize("name", apart())
@_SOME
@given(seed=st.integers(0, 2**32))
@example(seed=466)  # a Parquet file whose statistics are not true of its cells
def test_a_spoilt_file_is_answered_by_what_reads_it(name: str, seed: int) -> None:
    with TemporaryDirectory() as folder:
        known(name)[0].run(Path(folder), spoilt_seed(name, seed))


@pytest.mark.parametrize("name", of("complaints"))
@_FEW
@given(seed=st.integers(0, 2**32))
def test_an_audit_of_a_spoilt_register_names_it_and_ends(name: str, seed: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"complaints{known(name)[0].suffix}"
        path.write_bytes(spoilt_seed(name, seed))
        audit_of(Path(folder), path.name)


@_FEW
@given(seed=st.integers(0, 2**32))
def test_an_audit_of_a_folder_of_spoilt_documents_names_each_of_them(seed: int) -> None:
    with TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "papers").mkdir()
        (folder / "qmscheck.toml").write_text(_DOCUMENTS, "utf-8")
        (folder / "ruleset.toml").write_text(_WORDS, "utf-8")
        for name in of("documents"):
            for nth in range(2):
                path = folder / "papers" / f"{name}-{nth}{known(name)[0].suffix}"
                path.write_bytes(spoilt_seed(name, seed + nth))
        record = audit(folder)
        assert record is not None
        for path in (folder / "papers").iterdir():
            named(record, f"papers/{path.name}")


# ---------------------------------------------------------------- the fuzzer itself


@pytest.mark.parametrize("name", apart())
def test_each_target_takes_what_is_good(name: str) -> None:
    target, seeds = known(name)
    for content in seeds[:4]:
        with TemporaryDirectory() as folder:
            target.run(Path(folder), content)


def test_a_plan_and_a_ruleset_that_are_good_give_a_record() -> None:
    with TemporaryDirectory() as folder:
        target, seeds = known("plan")
        target.run(Path(folder), seeds[0])
        record = audit(Path(folder))
    assert record is not None
    assert {f["rule"] for f in record["findings"] if f["tally"] is not None} >= {"A-1.owner", "A-1.cheap", "A-1.trend"}


def test_a_target_notices_a_reader_that_breaks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    target, seeds = known("json")
    monkeypatch.setattr("qmscheck_tables.json_records.read", lambda _: iter(()))
    with pytest.raises(BrokenError, match="neither records nor a reason"):
        target.run(tmp_path, seeds[0])


def test_a_target_notices_a_command_that_breaks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    target, seeds = known("plan")
    monkeypatch.setattr("qmscheck.plan.read", lambda *_: 1 / 0)
    with pytest.raises(BrokenError, match="This is a defect in qmscheck: ZeroDivisionError"):
        target.run(tmp_path, seeds[0])


def test_what_is_spoilt_differs_and_is_the_same_for_the_same_chance() -> None:
    for name in ("csv", "xlsx", "plan"):
        suffix, content = known(name)[0].suffix, known(name)[1][0]
        made = [spoilt(content, random.Random(n), suffix) for n in range(40)]
        assert made == [spoilt(content, random.Random(n), suffix) for n in range(40)]
        assert len(set(made)) > 25


def test_nothing_and_what_is_no_archive_can_be_spoilt_too() -> None:
    for n in range(200):
        assert isinstance(spoilt_bytes(b"", random.Random(n)), bytes)
        assert isinstance(spoilt_text(b"", random.Random(n)), bytes)
        assert isinstance(rewritten(b"PK\x03\x04", random.Random(n), lambda _, inside: inside), bytes)
