"""`qmscheck sample`, as a person at a terminal meets it."""

from __future__ import annotations

import io
import json
import shutil
import tomllib
from pathlib import Path

import pytest
from sheet_cells import write_cells

from qmscheck.cli import main, papers

FIRM = Path(__file__).parent / "broken" / "19-not-applicable-without-reason"
PLAN = """[audit]
organization = "Test firm"
scope = "All sites"
rulesets = ["ruleset.toml"]
as_of = 2026-11-20

[[source]]
table = "complaints"
path = "complaints.csv"
"""
SAMPLES = """
[table.samples]
purpose = "What was concluded from samples"
key = "sample"
[table.samples.columns]
sample = { type = "text" }
of = { type = "text" }
failing_at_most = { type = "integer" }
records = { type = "integer" }
tested_on = { type = "date" }

[[obligation]]
id = "A-9"
title = "Orders are sampled"
force = "requirement"
clauses = ["9.1"]
doc_info = "retain"
statement = "A sample of the complaints was read this year."
grade = "minor"
grade_why = "It can be repaired."
recommendation = "The quality manager draws a sample."

[[rule]]
id = "A-9.read"
obligation = "A-9"
title = "Read"
count = "samples"
where = "of = 'complaints' and tested_on >= add_months(as_of(), -12)"
at_least = 1
statement = "{met} samples."

[[rule.example]]
verdict = "fail"
given.samples = [{ sample = "1", of = "orders" }]

[[rule.example]]
verdict = "pass"
given.samples = [{ sample = "1", of = "complaints", tested_on = 2026-06-01 }]
"""


@pytest.fixture
def firm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a firm with forty complaints."""
    shutil.copy(FIRM / "ruleset.toml", tmp_path)
    lines = [(FIRM / "complaints.csv").read_text("utf-8").splitlines()[0]]
    width = lines[0].count(",")
    lines += [f"C{i}{',' * width}" for i in range(1, 41)]
    (tmp_path / "complaints.csv").write_text("\n".join(lines) + "\n", "utf-8")
    (tmp_path / "qmscheck.toml").write_text(PLAN, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fill(path: Path, rows: int, result: str = "met") -> None:
    cells: dict[str, str | int | None] = {}
    for row in range(6, 6 + rows):
        cells |= {f"G{row}": result, f"H{row}": "I looked.", f"J{row}": "Ada", f"K{row}": "2026-11-20"}
    write_cells(path, "Sample", cells)


def refused(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert main(["sample", *args]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    return err


def test_a_draw_without_a_file_lists_its_records(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", "complaints", "--size", "2", "--seed", "s"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[-4:-2] == ["", "Drawn: number, key, stratum, place"]
    assert all(line.split()[0] == str(n) and "complaints.csv" in line for n, line in enumerate(shown[-2:], 1))
    assert sorted(p.name for p in firm.iterdir()) == ["complaints.csv", "qmscheck.toml", "ruleset.toml"]


def test_a_draw_is_written_as_sheet_toml_and_json_and_they_agree(firm: Path) -> None:
    assert main(["sample", "complaints", "-o", "s.xlsx", "-o", "s.toml", "-o", "s.json", "--force", "id = 'C1'"]) == 0
    from_toml, from_json = (
        tomllib.loads((firm / "s.toml").read_text("utf-8")),
        json.loads((firm / "s.json").read_text()),
    )
    assert from_toml == from_json
    assert (from_json["records"], from_json["asked"]["force"]) == (40, "id = 'C1'")
    assert {r["key"] for r in from_json["drawn"] + from_json["forced"]} >= {"C1"}


def test_the_same_call_writes_the_same_bytes(firm: Path) -> None:
    for name in ("a", "b"):
        assert main(["sample", "complaints", "-o", f"{name}.xlsx", "-o", f"{name}.json"]) == 0
    assert (firm / "a.xlsx").read_bytes() == (firm / "b.xlsx").read_bytes()
    assert (firm / "a.json").read_bytes() == (firm / "b.json").read_bytes()


def test_a_filled_sheet_gives_the_sentence_and_exit_0(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", "complaints", "--size", "25", "--criterion", "owned", "-o", "s.xlsx"]) == 0
    fill(firm / "s.xlsx", 25)
    capsys.readouterr()
    assert main(["sample", "--read", "s.xlsx", "-o", "r.toml", "-o", "r.json"]) == 0
    begin = "0 of 25 randomly drawn from 40: with 95 % confidence fewer than 7.5 % of the complaints do not meet"
    assert capsys.readouterr().out.startswith(f'{begin} "owned".\n')
    assert tomllib.loads((firm / "r.toml").read_text("utf-8"))["sample"] == json.loads((firm / "r.json").read_text())


def test_a_record_that_fails_gives_exit_1(firm: Path) -> None:
    assert main(["sample", "complaints", "--size", "3", "--criterion", "owned", "-o", "s.xlsx"]) == 0
    fill(firm / "s.xlsx", 3, "not met")
    assert main(["sample", "--read", "s.xlsx", "."]) == 1


def test_the_day_of_the_draw_is_kept_in_the_sheet(firm: Path) -> None:
    (firm / "qmscheck.toml").write_text(PLAN.replace("as_of = 2026-11-20\n", ""), "utf-8")
    asked = ["sample", "complaints", "--size", "3", "--criterion", "owned", "--as-of", "2026-03-01", "-o", "s.xlsx"]
    assert main(asked) == 0
    fill(firm / "s.xlsx", 3)
    assert main(["sample", "--read", "s.xlsx"]) == 0


def test_a_changed_register_is_refused(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", "complaints", "--size", "3", "--criterion", "owned", "-o", "s.xlsx"]) == 0
    fill(firm / "s.xlsx", 3)
    with (firm / "complaints.csv").open("a", encoding="utf-8") as file:
        file.write("C41" + "," * (firm / "complaints.csv").read_text("utf-8").splitlines()[0].count(",") + "\n")
    capsys.readouterr()
    told = refused(capsys, "--read", "s.xlsx", "-o", "r.toml")
    assert told.startswith("Nothing was concluded.\ns.xlsx: the population has changed since the draw")
    assert "'40 records, digest" in told
    assert "'41 records, digest" in told
    assert "'Source' was 'complaints.csv, SHA-256" in told
    assert not (firm / "r.toml").exists()


def test_a_conclusion_is_evidence_for_a_ruleset_that_asks_for_samples(
    firm: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (firm / "ruleset.toml").open("a", encoding="utf-8") as file:
        file.write(SAMPLES)
    with (firm / "qmscheck.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[source]]\ntable = "samples"\npath = "samples/*.json"\n')
    (firm / "samples").mkdir()
    assert main(["ruleset", "test", "ruleset.toml"]) == 0
    assert main(["sample", "complaints", "--size", "3", "--criterion", "owned", "-o", "s.xlsx"]) == 0
    fill(firm / "s.xlsx", 3)
    assert main(["sample", "--read", "s.xlsx", "-o", "samples/1.json"]) == 0
    capsys.readouterr()
    main(["audit", "--select", "A-9", "--output-format", "json", "--no-cache"])
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["verdict"], finding["tally"]["met"]) == ("pass", 1)


def test_keys_of_a_file_are_forced(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (firm / "keys.txt").write_text("\ufeffC3\n\n C7 \nC3\n", "utf-8")
    assert main(["sample", "complaints", "--size", "0", "--force-keys", "keys.txt"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in shown[-2:]] == [["1", "C3"], ["2", "C7"]]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "name a rule or a table to draw from"),
        (("complaint",), "there is no rule or table 'complaint'\n  hint: did you mean 'complaints'?"),
        (("complaints", "--rate", "0"), "'0' does not lie above 0% and below 100%"),
        (("complaints", "--rate", "1"), "'1' does not lie above 0% and below 100%"),
        (("complaints", "--rate", "5"), "'5' does not lie above 0% and below 100% (did you mean 5%?)"),
        (("complaints", "--rate", "few"), "'few' is no share: write it as 5% or 0.05"),
        (("complaints", "--confidence", "100%"), "'100%' does not lie above 50% and below 100%"),
        (("complaints", "--confidence", "0.5"), "'0.5' does not lie above 50% and below 100%"),
        (("complaints", "--size", "3", "--rate", "5%"), "--size and --rate both say how many to draw"),
        (("complaints", "--where", "false"), "the table 'complaints' has no record in scope of complaints"),
        (("complaints", "--force-keys", "none.txt"), "none.txt: cannot be read: No such file or directory"),
        (("complaints", "--force-keys", "latin.txt"), "latin.txt: cannot be read: it is not UTF-8 text"),
        (("complaints", "--force-keys", "empty.txt"), "empty.txt: holds no key"),
        (("complaints", "-o", "s.pdf"), "s.pdf: this file ending is not known\n  hint: known: .xlsx, .toml, .json"),
        (("complaints", "-o", "ruleset.toml"), "ruleset.toml: is there already"),
        (("complaints", "-o", "a.toml", "-o", "a.toml"), "a.toml: is asked for twice"),
        (("complaints", "-o", "none/a.toml"), "none/a.toml: cannot be written: its folder does not exist"),
        (("complaints", "none"), "none"),
        (("complaints", "--criterion", " "), "--criterion is blank"),
        (("complaints", "--seed", "", "--by", "\u200b"), "--by is blank"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_the_first_line_says_so(
    firm: Path, capsys: pytest.CaptureFixture[str], args: tuple[str, ...], message: str
) -> None:
    (firm / "latin.txt").write_bytes(b"\xe9\n")
    (firm / "empty.txt").write_bytes(b"\n \n")
    told = refused(capsys, *args)
    assert told.startswith("No sample was drawn.\n")
    assert message in told


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--read", "none.xlsx"), "none.xlsx: cannot be read: No such file or directory"),
        (("--read=qmscheck.toml",), "qmscheck.toml: no reader knows workbooks of this kind"),
        (("--read", "s.xlsx", "--rate", "5%"), "the sheet says all the rest"),
        (("--read", "s.xlsx", ".", "."), "the sheet says all the rest"),
        (("--read", "s.xlsx", "--criterion", ""), "--criterion is blank"),
        (("--read", "s.xlsx", "-o", "r.xlsx"), "r.xlsx: this file ending is not known"),
    ],
)
def test_what_cannot_be_read_back_is_refused_and_the_first_line_says_so(
    firm: Path, capsys: pytest.CaptureFixture[str], args: tuple[str, ...], message: str
) -> None:
    del firm
    told = refused(capsys, *args)
    assert told.startswith("Nothing was concluded.\n")
    assert message in told


def test_a_paper_is_never_written_where_it_would_be_evidence(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (firm / "qmscheck.toml").write_text(PLAN.replace("complaints.csv", "*.json"), "utf-8")
    told = refused(capsys, "complaints", "-o", "s.json")
    assert "s.json: would be evidence (table 'complaints')" in told
    assert not (firm / "s.json").exists()


def test_a_paper_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(io.BytesIO):
        def write(self, _: object) -> int:
            raise KeyboardInterrupt

    def half(path: Path, _mode: str) -> Interrupted:
        path.touch()
        return Interrupted()

    monkeypatch.setattr(Path, "open", half)
    with pytest.raises(KeyboardInterrupt):
        papers.save([tmp_path / "s.toml"], lambda _: b"x")
    assert list(tmp_path.iterdir()) == []
