"""`qmscheck init`: a plan is written, whole or not at all; what a person has written stays.

`QMSCHECK_UPDATE_GOLDENS=1` writes the goldens anew: read the diff before committing.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from proposing import RULESET, written

from qmscheck import plugins
from qmscheck.cli import main
from qmscheck.hookspecs import RenderOptions
from qmscheck.proposal import keeping
from qmscheck.proposal.planning import planned
from qmscheck.proposal.telling import told_of

_EXAMPLES = Path(__file__).parents[1] / "examples"
_GOLDENS = Path(__file__).parent / "goldens"

Run = Callable[..., tuple[int, str, str]]

COMPLAINTS = (
    "Reklamation-Nr.;Eingang;Bearbeiter;Status\nR-1;31.01.2026;A. Weber;offen\nR-2;01.02.2026;B. Lang;erledigt\n"
)
CUSTOMERS = "Kundennummer;country\nK1;DE\nK2;AT\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run a command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QMSCHECK_WIDTH", "80")
    (tmp_path / "shop.toml").write_text(RULESET, "utf-8")

    def called(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return called


def _shop(folder: Path, **files: str) -> Path:
    return written(folder / "firm", {f"{name}.csv": text for name, text in files.items()})


def _compare(name: str, found: str) -> None:
    golden = _GOLDENS / name
    if os.environ.get("QMSCHECK_UPDATE_GOLDENS"):
        golden.write_text(found, "utf-8")
    assert found == golden.read_text("utf-8")


@pytest.mark.parametrize("firm", ["repair-shop", pytest.param("pump-maker", marks=pytest.mark.unmeasured)])
def test_a_plan_for_an_example_is_the_golden_one_and_an_audit_of_it_runs(firm: str, tmp_path: Path, run: Run) -> None:
    shutil.copytree(_EXAMPLES / firm, tmp_path / firm, ignore=shutil.ignore_patterns("qmscheck.toml", "GAPS.md"))
    made = planned(Path(firm), ["iso9001"], plugins.load(()), dt.date(2026, 11, 20))
    for width in (80, 160):
        _compare(f"{firm}.init-{width}.txt", told_of(made, RenderOptions(width=width)))
    plan = (tmp_path / firm / "qmscheck.toml").read_bytes()
    if firm == "repair-shop":
        _compare("repair-shop.init.toml", plan.decode())

    assert run("init", firm, "--no-cache") == (0, f"{firm}/qmscheck.toml is as it was: nothing is new here.\n", "")
    assert (tmp_path / firm / "qmscheck.toml").read_bytes() == plan

    code, _, err = run("audit", firm, "--as-of", "2026-11-20", "--output-format", "concise", "--no-cache")
    assert code in {1, 3}, err
    assert "reader" not in err


def test_what_a_person_has_edited_stays_and_new_files_are_added_behind_it(tmp_path: Path, run: Run) -> None:
    folder = _shop(tmp_path, complaints=COMPLAINTS)
    run("init", "firm", "--ruleset", "shop.toml")
    plan = folder / "qmscheck.toml"
    edited = (
        plan.read_text("utf-8")
        .replace('scope = "not stated"', 'scope = "Repairs"  # mine')
        .replace('owner = "Bearbeiter"', "# owner: no\n#")
    )
    plan.write_text(edited, "utf-8")
    (folder / "customers.csv").write_text(CUSTOMERS, "utf-8")

    code, out, _ = run("init", "firm")
    added = plan.read_text("utf-8")

    assert code == 0
    assert "firm/qmscheck.toml has more: a proposal to be finished." in out
    assert "complaints.csv" not in out
    assert added.startswith(edited)
    assert [source["table"] for source in tomllib.loads(added)["source"]] == ["complaints", "customers"]
    assert run("init", "firm")[1] == "firm/qmscheck.toml is as it was: nothing is new here.\n"


def test_line_ends_of_a_plan_stay_as_they_are(tmp_path: Path, run: Run) -> None:
    folder = _shop(tmp_path, complaints=COMPLAINTS)
    plan = folder / "qmscheck.toml"
    before = b'[audit]\r\norganization = "O"\r\nscope = "S"\r\nrulesets = ["../shop.toml"]'
    plan.write_bytes(before)
    assert run("init", "firm")[0] == 0
    after = plan.read_bytes()
    assert after.startswith(before + b"\r\n")
    assert after.count(b"\n") == after.count(b"\r\n")


@pytest.mark.parametrize(
    "source",
    [
        'path = "complaints.csv"',
        'path = "compl*.csv"',
        'path = "./complaints.csv"',
    ],
)
def test_a_file_that_a_source_reads_is_not_proposed_again(tmp_path: Path, run: Run, source: str) -> None:
    folder = _shop(tmp_path, complaints=COMPLAINTS)
    plan = folder / "qmscheck.toml"
    plan.write_text(
        f'[audit]\norganization = "O"\nscope = "S"\nrulesets = ["../shop.toml"]\n[[source]]\ntable = "complaints"\n{source}\n',
        "utf-8",
    )
    before = plan.read_bytes()
    assert "nothing is new" in run("init", "firm")[1]
    assert plan.read_bytes() == before


def test_a_sheet_that_no_source_reads_is_proposed_beside_one_that_is(tmp_path: Path, run: Run) -> None:
    folder = written(
        tmp_path / "firm",
        {
            "a.json": '{"complaints": [{"complaint_id": "1", "status": "new"}], "customers": [{"customer_id": "K", "country": "DE"}, {"customer_id": "L", "country": "AT"}]}'
        },
    )
    plan = folder / "qmscheck.toml"
    head = '[audit]\norganization = "O"\nscope = "S"\nrulesets = ["../shop.toml"]\n'
    plan.write_text(f'{head}[[source]]\ntable = "complaints"\npath = "a.json"\nrecords = "complaints"\n', "utf-8")
    run("init", "firm")
    assert [s["records"] for s in tomllib.loads(plan.read_text("utf-8"))["source"]] == ["complaints", "customers"]


def test_documents_are_proposed_by_folder_and_known_again(tmp_path: Path, run: Run) -> None:
    folder = written(tmp_path / "firm", {"docs/Policy.md": "# Quality policy\n\nx\n", "docs/deep/x.md": "# X\n\ny\n"})
    run("init", "firm", "--ruleset", "shop.toml")
    text = (folder / "qmscheck.toml").read_text("utf-8")

    assert '[[source]]\ntable = "documents"\npath = "docs"\n' in text
    assert "# policy: docs/Policy.md" in text
    assert "# ? No document is of the kind minutes, it seems: is there one?" in text
    assert "nothing is new" in run("init", "firm")[1]


def test_without_a_table_for_documents_they_are_commented_out(tmp_path: Path, run: Run) -> None:
    cut = (
        RULESET[: RULESET.index("[table.documents]")]
        + RULESET[RULESET.index("[[obligation]]") : RULESET.index('[[rule]]\nid = "A.documents"')]
    )
    (tmp_path / "shop.toml").write_text(cut, "utf-8")
    folder = written(tmp_path / "firm", {"docs/Policy.md": "# Quality policy\n\nx\n"})
    run("init", "firm", "--ruleset", "shop.toml")
    assert '# [[source]]\n# table = "documents"' in (folder / "qmscheck.toml").read_text("utf-8")


def test_what_could_not_be_read_is_said_once(tmp_path: Path, run: Run) -> None:
    folder = written(tmp_path / "firm", {"a.csv": CUSTOMERS, "b.xlsx": "nonsense"})
    run("init", "firm", "--ruleset", "shop.toml")
    text = (folder / "qmscheck.toml").read_text("utf-8")
    assert text.count("# not read: b.xlsx: corrupt") == 1
    assert "nothing is new" in run("init", "firm")[1]


def test_values_of_the_records_reach_the_plan_only_as_reasons_and_never_from_personal_columns(
    tmp_path: Path, run: Run
) -> None:
    folder = _shop(tmp_path, complaints=COMPLAINTS)
    _, out, _ = run("init", "firm", "--ruleset", "shop.toml")
    text = (folder / "qmscheck.toml").read_text("utf-8")
    assert "Weber" not in text + out
    assert 'owner = "Bearbeiter"  # personal: it is never printed' in text


def test_names_and_headings_that_toml_has_a_meaning_for_are_written_as_text(tmp_path: Path, run: Run) -> None:
    heading = 'Reklamation-Nr.;"Status ""x"" \\\\ \x7f #"'
    folder = written(tmp_path / "firm", {"Reklamationen 'a\"# ].csv": f"{heading}\nR-1;offen\nR-2;erledigt\n"})
    assert run("init", "firm", "--ruleset", "shop.toml")[0] == 0
    (source,) = tomllib.loads((folder / "qmscheck.toml").read_text("utf-8"))["source"]
    assert source["path"] == "Reklamationen 'a\"# ].csv"


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ("[audit\n", "qmscheck.toml:1"),
        ('[audit]\norganization = "O"\nscope = "S"\nrulesets = ["../shop.toml"]\nodd = 1\n', "unknown key 'odd'"),
        ("\ufeff", "qmscheck.toml"),
    ],
)
def test_a_plan_that_is_not_understood_is_left_alone(tmp_path: Path, run: Run, plan: str, told: str) -> None:
    folder = _shop(tmp_path, complaints=COMPLAINTS)
    (folder / "qmscheck.toml").write_text(plan, "utf-8")
    code, out, err = run("init", "firm")
    assert (code, out) == (2, "")
    assert err.startswith("No plan was proposed.\n")
    assert told in err
    assert (folder / "qmscheck.toml").read_text("utf-8") == plan


def test_what_would_be_no_plan_is_not_written(tmp_path: Path, run: Run) -> None:
    folder = _shop(tmp_path, complaints=COMPLAINTS)
    plan = 'source = []\n[audit]\norganization = "O"\nscope = "S"\nrulesets = ["../shop.toml"]\n'
    (folder / "qmscheck.toml").write_text(plan, "utf-8")
    code, _, err = run("init", "firm")
    assert code == 2
    assert "source" in err
    assert (folder / "qmscheck.toml").read_text("utf-8") == plan
    assert sorted(path.name for path in folder.iterdir()) == ["complaints.csv", "qmscheck.toml"]


def test_a_plan_is_written_whole_or_not_at_all(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _shop(tmp_path, complaints=COMPLAINTS)
    real = Path.replace

    def full(self: Path, target: Path) -> Path:
        if self.name.startswith(".qmscheck-"):
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(keeping.Path, "replace", full)
    assert run("init", "firm", "--ruleset", "shop.toml")[0] == 2
    assert [path.name for path in folder.iterdir()] == ["complaints.csv"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere"], "nowhere: there is no such folder"),
        (["firm", "--ruleset", "nope"], "there is no ruleset 'nope'"),
        (["firm", "--ruleset", "iso9002"], "did you mean"),
    ],
)
def test_what_is_not_there_is_told(tmp_path: Path, run: Run, arguments: list[str], told: str) -> None:
    _shop(tmp_path, complaints=COMPLAINTS)
    code, _, err = run("init", *arguments)
    assert code == 2
    assert told in err


def test_rulesets_of_a_plan_are_changed_in_the_plan(tmp_path: Path, run: Run) -> None:
    _shop(tmp_path, complaints=COMPLAINTS)
    run("init", "firm", "--ruleset", "shop.toml")
    code, _, err = run("init", "firm", "--ruleset", "iso9001")
    assert code == 2
    assert "firm/qmscheck.toml: names its rulesets already" in err


def test_without_a_ruleset_the_only_whole_one_is_taken(tmp_path: Path, run: Run) -> None:
    folder = _shop(tmp_path, customers=CUSTOMERS)
    assert run("init", "firm")[0] == 0
    assert 'rulesets = ["iso9001"]' in (folder / "qmscheck.toml").read_text("utf-8")


def test_without_any_ruleset_one_is_asked_for(tmp_path: Path, run: Run) -> None:
    _shop(tmp_path, customers=CUSTOMERS)
    code, _, err = run("init", "firm", "-p", "no:iso9001")
    assert code == 2
    assert "against which ruleset?" in err


def test_a_plan_in_pyproject_is_to_be_moved_first(tmp_path: Path, run: Run) -> None:
    folder = _shop(tmp_path, customers=CUSTOMERS)
    (folder / "pyproject.toml").write_text("[tool.other]\n", "utf-8")
    assert run("init", "firm", "--ruleset", "shop.toml")[0] == 0
    (folder / "qmscheck.toml").unlink()
    (folder / "pyproject.toml").write_text('[tool.qmscheck.audit]\norganization = "O"\n', "utf-8")
    code, _, err = run("init", "firm", "--ruleset", "shop.toml")
    assert code == 2
    assert "the plan is [tool.qmscheck] of this file" in err
    assert not (folder / "qmscheck.toml").exists()


def test_a_plan_that_cannot_be_read_is_told(tmp_path: Path, run: Run) -> None:
    folder = _shop(tmp_path, customers=CUSTOMERS)
    (folder / "qmscheck.toml").mkdir()
    assert "cannot be read" in run("init", "firm")[2]
    (folder / "qmscheck.toml").rmdir()
    (folder / "qmscheck.toml").write_bytes(b"\xff\xfe")
    assert "is not UTF-8" in run("init", "firm")[2]


def test_an_empty_folder_gets_a_plan_without_sources(tmp_path: Path, run: Run) -> None:
    (tmp_path / "firm").mkdir()
    code, out, _ = run("init", "firm", "--ruleset", "shop.toml")
    assert code == 0
    assert out.startswith("firm/qmscheck.toml is written")
    assert "source" not in tomllib.loads((tmp_path / "firm" / "qmscheck.toml").read_text("utf-8"))
