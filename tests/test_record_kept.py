"""A record is recalled only where everything that it follows from is as it was; any other audit is conducted."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from firm import AS_OF

from qmscheck import hookspecs, plugins, record
from qmscheck.audit import conduct
from qmscheck.cli import main, outputs
from qmscheck.model import AuditRecord
from qmscheck.plan import Overrides, PlanFile, read
from qmscheck.record import kept

EXAMPLES = Path(__file__).parents[1] / "examples"

RULESET = """
[ruleset]
id = "small"
title = "Small"
standard = "S"
edition = "1"
version = "1"
language = "en"

[param.days]
type = "integer"
default = 5
min = 1
max = 30
origin = "convention"
title = "Days"

[table.complaints]
purpose = "Complaints"
key = "id"
[table.complaints.columns]
id = { type = "text" }
owner = { type = "text" }

[[obligation]]
id = "O-1"
title = "Owned"
force = "requirement"
clauses = ["8.2.1"]
doc_info = "retain"
statement = "Each has an owner."
question = "Who?"
grade = "major"
grade_why = "Because."
recommendation = "The manager names an owner."

[[rule]]
id = "O-1.owner"
obligation = "O-1"
title = "Owner"
each = "complaints"
must = "owner is not null and param('days') > 0"
statement = "{unmet} of {population}."
"""

PLAN = """
[audit]
organization = "Acme"
scope = "All"
rulesets = ["rules.toml"]
period = { from = 2026-01-01, to = 2026-10-31 }

[[source]]
table = "complaints"
path = "complaints.csv"
"""

ANSWERS = """
[[attestation]]
obligation = "O-1"
question = "Who?"
answer = "yes"
statement = "I looked."
by = "Ann"
role = "Auditor"
on = 2026-11-01
valid_until = 2027-11-01
independent_of = "all"
references = ["notes/look.txt"]
seen = [{ path = "notes/look.txt", sha256 = "ab" }]
"""


class Firm:
    """A folder that is audited through the cache, and whether its record was recalled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder.parent / "cache"
        self.plugins = plugins.load()

    def planfile(self, **over: object) -> PlanFile:
        overrides = Overrides(AS_OF, **over)  # type: ignore[arg-type]
        return read(self.folder, self.plugins.readers, overrides, self.plugins.rulesets)

    def inputs(self, readers: dict[str, hookspecs.Reader] | None = None, **over: object) -> kept.Inputs | None:
        plan = self.planfile(**over).plan
        places = [self.folder / name for name in plan.rulesets]
        return kept.inputs(plan, readers or self.plugins.readers, places, self.cache)

    def recalled(self, **over: object) -> AuditRecord | None:
        given = self.inputs(**over)
        return None if given is None else kept.recall(given)

    def keep(self) -> AuditRecord:
        given = self.inputs()
        assert given is not None
        made = conduct(self.planfile(), self.plugins)
        kept.keep(given, made)
        return made


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    folder = tmp_path / "firm"
    folder.mkdir()
    (folder / "rules.toml").write_text(RULESET, "utf-8")
    (folder / "qmscheck.toml").write_text(PLAN, "utf-8")
    (folder / "complaints.csv").write_text("id,owner\nC1,Ann\nC2,\n", "utf-8")
    return Firm(folder)


def test_an_audit_of_the_same_inputs_gives_the_same_record_without_being_conducted(firm: Firm) -> None:
    assert firm.recalled() is None
    made = firm.keep()
    again = firm.recalled()
    assert again == made
    assert again is not None
    assert record.write(again) == record.write(made)


def _write(name: str, text: str) -> Callable[[Path], object]:
    def change(folder: Path) -> object:
        (folder / name).parent.mkdir(exist_ok=True)
        return (folder / name).write_text(text, "utf-8")

    return change


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_write("complaints.csv", "id,owner\nC1,Ann\nC2,B\n"), id="a record changes"),
        pytest.param(_write("complaints.csv", "id,owner\nC1,Bob\nC2,\n"), id="a cell changes and no length does"),
        pytest.param(lambda folder: (folder / "complaints.csv").unlink(), id="the evidence vanishes"),
        pytest.param(_write("rules.toml", RULESET.replace("Small", "Large")), id="the ruleset changes"),
        pytest.param(_write("qmscheck.toml", PLAN.replace("Acme", "Adme")), id="the plan changes"),
        pytest.param(_write("decisions.toml", ""), id="somebody decides"),
        pytest.param(_write("attestations.toml", ANSWERS), id="somebody answers"),
        pytest.param(_write("complaints.csv-wal", "x"), id="a database has more beside its file"),
    ],
)
def test_whatever_changes_the_audit_is_conducted_anew(firm: Firm, change: Callable[[Path], object]) -> None:
    firm.keep()
    assert firm.recalled() is not None
    change(firm.folder)
    assert firm.recalled() is None


def test_another_day_another_selection_and_another_folder_are_other_audits(
    firm: Firm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    firm.keep()
    assert firm.recalled(as_of=AS_OF.replace(day=21)) is None
    assert firm.recalled(select=("O-1.owner",)) is None
    monkeypatch.chdir(tmp_path)  # places in messages are seen from the current folder
    assert firm.recalled() is None


def test_a_file_that_an_answer_has_seen_is_an_input_wherever_it_lies_in_the_folder(firm: Firm) -> None:
    _write("attestations.toml", ANSWERS)(firm.folder)
    _write("notes/look.txt", "one")(firm.folder)
    made = firm.keep()
    assert firm.recalled() == made
    _write("notes/look.txt", "two")(firm.folder)
    assert firm.recalled() is None


def test_a_folder_of_documents_and_a_pattern_of_files_are_inputs_with_every_file_in_them(firm: Firm) -> None:
    plan = PLAN.replace("complaints.csv", "complaints*.csv")
    _write("qmscheck.toml", plan)(firm.folder)
    firm.keep()
    assert firm.recalled() is not None
    _write("complaints-2.csv", "id,owner\nC3,Ann\n")(firm.folder)
    assert firm.recalled() is None


def test_templates_that_lie_outside_the_folder_of_documents_are_inputs(firm: Firm) -> None:
    source = '[[source]]\ntable = "complaints"\nreader = "documents"\npath = "qms"\ntemplates = ["forms"]\n'
    head = PLAN.partition("[[source]]")[0]
    _write("qmscheck.toml", head + source)(firm.folder)
    _write("qms/a.md", "Some words of a document.")(firm.folder)
    _write("forms/a.md", "Some words of a template.")(firm.folder)
    before = firm.inputs()
    assert before is not None
    assert str(firm.folder / "forms" / "a.md") in before.files


def test_the_record_of_the_audit_before_is_an_input(firm: Firm) -> None:
    made = firm.keep()
    before = firm.folder / "before.json"
    before.write_text(record.write(made), "utf-8")
    given = firm.inputs(previous=str(before))
    assert given is not None
    assert str(before) in given.files


def test_another_program_or_another_reader_recalls_nothing(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    firm.keep()
    monkeypatch.setattr(kept, "_stats", lambda _folder: iter([("other.py", firm.folder.stat())]))
    assert firm.recalled() is None


def test_what_could_change_unseen_is_never_recalled(firm: Firm, tmp_path: Path) -> None:
    assert firm.inputs() is not None
    csv = firm.plugins.readers["csv"]
    unsettled = {**firm.plugins.readers, "csv": replace(csv, settled=False)}
    assert firm.inputs(unsettled) is None
    placeless = {**firm.plugins.readers, "csv": replace(csv, read=_Nowhere())}
    assert firm.inputs(placeless) is None
    plan = firm.planfile().plan
    asking = plan.sources[0].model_copy(update={"options": {"query": "select date('now')"}})
    for sources in ((asking,), (plan.sources[0].model_copy(update={"path": None}),)):
        changed = plan.model_copy(update={"sources": sources})
        assert kept.inputs(changed, firm.plugins.readers, [], firm.cache) is None
    named = plan.sources[0].model_copy(update={"reader": "csv"})
    assert kept.inputs(plan.model_copy(update={"sources": (named,)}), firm.plugins.readers, [], firm.cache) is not None
    assert kept.inputs(plan, firm.plugins.readers, [], None) is None


class _Nowhere:
    __module__ = "builtins"

    def __call__(self, _request: hookspecs.Request) -> list[hookspecs.Extract]:
        return []


def test_a_link_or_a_pipe_among_the_inputs_recalls_nothing(firm: Firm, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.csv"
    shutil.move(firm.folder / "complaints.csv", elsewhere)
    (firm.folder / "complaints.csv").symlink_to(elsewhere)
    assert firm.inputs() is None
    (firm.folder / "complaints.csv").unlink()
    os.mkfifo(firm.folder / "complaints.csv")
    assert firm.inputs() is None


def test_a_folder_of_too_many_files_is_not_looked_through(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_MOST_FILES", 1)
    assert firm.inputs() is None


def test_what_was_changed_or_lost_during_the_audit_is_not_kept(firm: Firm) -> None:
    given = firm.inputs()
    assert given is not None
    made = conduct(firm.planfile(), firm.plugins)
    _write("complaints.csv", "id,owner\nC1,Ann and Bob\n")(firm.folder)
    kept.keep(given, made)
    assert kept.recall(given) is None
    (firm.folder / "rules.toml").unlink()
    kept.keep(given, made)
    assert kept.recall(given) is None


def test_a_record_of_too_many_places_or_cannot_be_read_back_is_not_kept(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(kept, "_MOST_PLACES", 0)
        firm.keep()
    assert firm.recalled() is None
    firm.keep()
    given = firm.inputs()
    assert given is not None
    given.known.texts["record"] = "{}"
    assert kept.recall(given) is None


def test_a_file_that_vanishes_while_it_is_compared_recalls_nothing(firm: Firm) -> None:
    firm.keep()
    given = firm.inputs()
    assert given is not None
    (firm.folder / "complaints.csv").unlink()
    assert kept.recall(given) is None


def test_the_command_says_that_a_record_was_recalled_and_anew_audits_again(
    firm: Firm, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("QMSCHECK_ANEW")
    monkeypatch.setenv("XDG_CACHE_HOME", str(firm.cache))
    command = ["audit", str(firm.folder), "--as-of", "2026-11-20"]
    outcomes = []
    for more in ((), (), ("--anew",), ("-q",), ("--no-cache",)):
        code = main([*command, *more])
        told = capsys.readouterr()
        outcomes.append((code, told.out, "nothing has changed" in told.err))
    assert [recalled for _, _, recalled in outcomes] == [False, True, False, False, False]
    assert outcomes[1][:2] == outcomes[0][:2] == outcomes[2][:2] == outcomes[4][:2]


def test_where_a_report_of_a_recalled_record_is_lost_the_first_line_says_that_there_was_an_audit(
    firm: Firm, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("QMSCHECK_ANEW")
    monkeypatch.setenv("XDG_CACHE_HOME", str(firm.cache))
    command = ["audit", str(firm.folder), "--as-of", "2026-11-20"]
    main(command)
    capsys.readouterr()

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(outputs, "write_whole", full)
    assert main([*command, "-o", f"json:{firm.cache.parent / 'record.json'}"]) == 2
    first, *others = capsys.readouterr().err.splitlines()
    assert first == "The audit was performed, but not everything that was asked for was done."
    assert others[-1].startswith("note: nothing has changed since the last audit")


@pytest.mark.parametrize("name", ["repair-shop", "pump-maker"])
def test_the_records_of_the_examples_are_read_back_as_they_were(name: str) -> None:
    text = (Path(__file__).parent / "goldens" / f"{name}.json").read_text("utf-8")
    found = record.read(text, name)
    assert AuditRecord.model_validate_json(found.model_dump_json(by_alias=True)) == found
