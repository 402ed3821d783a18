"""`qmscheck interview`, as a person at a terminal meets it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import select
import signal
import sys
from pathlib import Path

import pytest
from firm import RULESET

from qmscheck.cli import main
from qmscheck.persons import attestations

#: Forms of this firm, filled and saved: see PROVENANCE.toml there.
FORMS = Path(__file__).parent / "forms"

PLAN = """[audit]
organization = "Test firm"
scope = "All sites"
rulesets = ["firm.toml"]
as_of = 2026-11-20

[[source]]
table = "complaints"
path = "complaints.csv"

[[source]]
table = "answers"
path = "answers.csv"
"""
COMPLAINTS = """id,owner,site,received,answered,state
C1,Ada,N,2026-05-01,2026-05-03,closed
C2,Bob,S,2026-06-01,2026-06-02,closed
"""
LETTERS = """letter,id,sent,body
L1,C1,2026-05-03,We are sorry.
L2,C2,2026-06-02,Our apologies.
"""


@pytest.fixture
def firm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a firm of which everything is met that a machine can tell; two questions wait for a person."""
    for name, text in (("qmscheck.toml", PLAN), ("complaints.csv", COMPLAINTS), ("answers.csv", LETTERS)):
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "firm.toml").write_text(RULESET, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_open_questions_are_written_as_a_workbook_and_as_toml(
    firm: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["interview"]) == 0
    assert main(["interview", "-o", "f.toml", "--only", "A-3"]) == 0
    assert capsys.readouterr().out == "interview.xlsx: 2 questions\nf.toml: 1 question\n"
    assert (firm / "interview.xlsx").read_bytes()[:2] == b"PK"
    assert 'obligation = "A-3"' in (firm / "f.toml").read_text("utf-8")


def test_a_stored_record_gives_the_same_form(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["audit", "-q", "-o", "json:r.json"])
    assert main(["interview", "-o", "a.toml"]) == main(["interview", "--record", "r.json", "-o", "b.toml"]) == 0
    assert (firm / "a.toml").read_bytes() == (firm / "b.toml").read_bytes()


def test_a_form_is_never_written_over_a_file_that_may_hold_answers(
    firm: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (firm / "old.xlsx").write_bytes(b"")
    asked = ["-o", "old.xlsx", "-o", "x.pdf", "-o", "no/x.toml", "-o", "y.toml", "-o", "y.toml"]
    assert main(["interview", *asked]) == 2
    assert capsys.readouterr().err == (
        "No question was asked.\n"
        "no/x.toml: cannot be written: its folder does not exist\n"
        "old.xlsx: is there already\n  hint: what a person wrote into it would be lost: remove it, or choose another name\n"
        "x.pdf: this file ending is not known\n  hint: known: .xlsx, .toml\n"
        "y.toml: is asked for twice\n"
    )


def test_where_nothing_is_open_no_form_is_written(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ruleset = (firm / "firm.toml").read_text("utf-8").replace('question = "Was the answer fair?"\n', "")
    (firm / "firm.toml").write_text(ruleset.replace("conclusive = false\n", ""), "utf-8")
    assert main(["interview"]) == 0
    assert capsys.readouterr().out == "no question is open: no form was written (--all asks again what is answered)\n"
    assert not (firm / "interview.xlsx").exists()


# ---------------------------------------------------------------- a form back in

_BLANK = 'answer = ""\nstatement = ""\nreferences = ""\nby = ""\nrole = ""\non = ""\nvalid_until = ""'
_FILLED = (
    'answer = "yes"\nstatement = "Fair."\nreferences = "L1"\nby = "Eve"\nrole = "Auditor"\n'
    "on = 2026-11-20\nvalid_until = 2027-11-20"
)


def filled(firm: Path, *changes: tuple[str, str], rows: int = 2) -> Path:
    """Write a form and fill it in as a person with an editor does."""
    form = firm / "form.toml"
    form.unlink(missing_ok=True)
    assert main(["interview", "-q", "-o", "form.toml"]) == 0
    text = form.read_text("utf-8").replace(_BLANK, _FILLED, rows)
    for was, now in changes:
        assert was in text
        text = text.replace(was, now, 1)
    form.write_text(text, "utf-8")
    return form


def test_a_filled_form_is_taken_over_and_the_next_audit_passes(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled(firm)
    assert main(["audit", "-q"]) == 3
    capsys.readouterr()
    assert main(["interview", "--read", "form.toml"]) == 0
    assert capsys.readouterr().out == (
        "attestations.toml: A-2 yes, until 2027-11-20\nattestations.toml: A-3 yes, until 2027-11-20\n"
    )
    assert main(["audit", "-q"]) == 0
    assert main(["interview", "--read", "form.toml"]) == 0
    assert "attestations.toml: 2 answers there already\n" in capsys.readouterr().out


def test_evidence_that_changes_afterwards_makes_the_answer_stale_until_it_is_seen_again(
    firm: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled(firm)
    main(["interview", "--read", "form.toml"])
    with (firm / "complaints.csv").open("a") as file:
        file.write("C3,Bob,S,2026-06-01,2026-06-02,closed\n")
    with (firm / "answers.csv").open("a") as file:
        file.write("L3,C3,2026-06-02,We apologise.\n")
    assert main(["audit", "-q"]) == 3
    assert main(["explain", "A-2", "."]) == 0
    told = capsys.readouterr().out
    assert "The answer is stale (Eve, 2026-11-20): answers.csv has changed; complaints.csv has changed." in told
    assert main(["interview", "--read", "form.toml"]) == 2
    assert "complaints.csv has changed since the form was written" in capsys.readouterr().err
    assert main(["interview", "--read", "form.toml", "--reconfirm", "A-2", "--reconfirm", "A-3"]) == 0
    assert main(["audit", "-q"]) == 0
    assert "note: A-2: confirmed for the evidence as it is now" in capsys.readouterr().err


def test_nothing_is_taken_over_unless_all_is_right_or_a_part_is_asked_for(
    firm: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled(firm, ('statement = "Fair."', 'statement = ""'))
    assert main(["interview", "--read", "form.toml"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("No answer was taken over.\nform.toml:")
    assert "the statement is missing: what was seen" in told
    assert not (firm / "attestations.toml").exists()
    assert main(["interview", "--read", "form.toml", "--partial"]) == 2
    out, err = capsys.readouterr()
    assert out == "attestations.toml: A-3 yes, until 2027-11-20\n"
    assert err.startswith("Not everything that was asked for was written.\nform.toml:")


@pytest.mark.parametrize("lost", ["folder", "link"])
def test_a_file_of_answers_that_cannot_be_one_performs_no_audit(
    firm: Path, capsys: pytest.CaptureFixture[str], lost: str
) -> None:
    """Answers that are lost must not look like answers that nobody has given."""
    if lost == "folder":
        (firm / "attestations.toml").mkdir()
    else:
        (firm / "attestations.toml").symlink_to("gone.toml")
    assert main(["audit", "-q"]) == 2
    assert "'attestations.toml' is where answers of persons are kept, and is no file" in capsys.readouterr().err


def test_how_long_answers_hold_is_a_parameter_of_the_plan_with_its_origin(
    firm: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form = filled(firm, ("valid_until = 2027-11-20", "valid_until = 2028-11-20"))
    assert main(["interview", "-q", "--read", str(form)]) == 2
    told = capsys.readouterr().err
    assert "2028-11-20 is more than 12 months after 2026-11-20; at most 2027-11-20" in told
    assert "hint: 12 is a convention; the plan says otherwise with its origin: [gate] attestations" in told
    setting = '[gate]\nattestations = { months = 24, origin = "own-procedure", ref = "QP-9 3" }\n'
    (firm / "qmscheck.toml").write_text(PLAN + "\n" + setting, "utf-8")
    assert main(["interview", "-q", "--read", str(form)]) == 0
    main(["audit", "-q", "-o", "json:r.json"])
    record = json.loads((firm / "r.json").read_text("utf-8"))
    (condition,) = [c for c in record["gate"]["conditions"] if c["id"] == "attestations"]
    assert [(p["value"], p["origin"], p["ref"]) for p in condition["parameters"]] == [(24, "own-procedure", "QP-9 3")]
    (firm / "qmscheck.toml").write_text(PLAN + "\n" + setting.replace("24, origin", "24, orign"), "utf-8")
    assert main(["interview", "-q", "--read", str(form)]) == 2


def test_a_form_with_rows_left_open_says_how_many(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled(firm, rows=1)
    assert main(["interview", "--read", "form.toml"]) == 0
    assert capsys.readouterr().err == "1 question of the form left open\n"
    filled(firm, rows=0)
    assert main(["interview", "--read", "form.toml"]) == 0
    assert "attestations.toml: nothing was added\n" in capsys.readouterr().out


def test_a_workbook_that_libreoffice_saved_again_gives_the_same_answers(
    firm: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A form of this firm, filled (dates as dates and as text, spaces, Ja, sorted rows), saved by LibreOffice 7.4."""
    assert main(["interview", "--read", str(FORMS / "libreoffice.xlsx"), "--date-format", "%d.%m.%Y"]) == 0
    saved = attestations.read(firm / "attestations.toml", "a").answers
    (firm / "attestations.toml").unlink()
    assert main(["interview", "--read", str(FORMS / "xlsxwriter.xlsx"), "--date-format", "%d.%m.%Y"]) == 0
    assert attestations.read(firm / "attestations.toml", "a").answers == saved
    assert [(a.obligation, a.answer, a.by, str(a.valid_until)) for a in saved] == [
        ("A-3", "no", "E. Example", "2027-11-20"),
        ("A-2", "yes", "E. Example", "2027-05-31"),
    ]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--read", "f.toml", "--ask"], "--read and --ask: one at a time"),
        (["--read", "f.toml", "-o", "g.toml"], "--output and --record are for writing a form, not for --read or --ask"),
        (["--partial"], "--partial and --reconfirm are for --read"),
        (["--read", "f.toml", "--reconfirm", "A-9"], "--reconfirm: there is no obligation 'A-9'\n  hint: did you mean 'A-3'?"),
        (["--read", "f.toml", "--date-format", "%Q"], "--date-format: "),
        (["--read", "f.toml"], "f.toml: cannot be read: No such file or directory"),
    ],
)  # fmt: skip
def test_options_that_say_nothing_are_refused(
    firm: Path, capsys: pytest.CaptureFixture[str], args: list[str], told: str
) -> None:
    assert main(["interview", "-q", *args]) == 2
    err = capsys.readouterr().err
    assert err.startswith("No answer was taken over.\n" if "--read" in args else "No question was asked.\n")
    assert f"\n{told}" in err


def test_the_plan_may_name_the_file_and_a_named_file_must_be_there(
    firm: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = (firm / "qmscheck.toml").read_text("utf-8")
    plan = plan.replace("as_of =", 'attestations = "answers/given.toml"\nas_of =')
    (firm / "qmscheck.toml").write_text(plan, "utf-8")
    assert main(["audit"]) == 2
    assert "there is no file 'answers/given.toml'" in capsys.readouterr().err
    (firm / "answers").mkdir()
    (firm / "answers" / "given.toml").touch()
    filled(firm)
    assert main(["interview", "--read", "form.toml"]) == 0
    assert "answers/given.toml: A-2 yes" in capsys.readouterr().out
    assert main(["audit", "-q"]) == 0
    assert main(["audit", "-p", "no:persons"]) == 2
    assert "the plugin that reads it is switched off" in capsys.readouterr().err


# ---------------------------------------------------------------- at the terminal


def test_without_a_terminal_nothing_is_asked(
    firm: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    assert main(["interview", "--ask"]) == 2
    told = "No question was asked.\n--ask needs a terminal, and the standard input is none\n"
    assert capsys.readouterr().err == told


_SILENCES = 12


class Terminal:
    """A person at a real terminal (a pseudo-terminal): types a line when the prompt stands there."""

    def __init__(self, *args: str) -> None:
        self.pid, self.end = pty.fork()
        if not self.pid:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # tests in the background of a shell ignore it
            os.execv(sys.executable, [sys.executable, "-m", "qmscheck", "interview", "--ask", *args])
        self.seen = ""

    def answer(self, prompt: str, line: str) -> None:
        self.until(prompt)
        os.write(self.end, line.encode())

    def until(self, text: str) -> None:
        while text not in self.seen:
            ready, _, _ = select.select([self.end], [], [], 60)
            assert ready, f"waiting for {text!r}, seen: {self.seen}"
            try:
                piece = os.read(self.end, 4096).decode("utf-8", "replace")
            except OSError:  # the other end is closed
                piece = ""
            assert piece, f"it ended before {text!r}: {self.seen}"
            self.seen += piece
        self.seen = self.seen.partition(text)[2]

    def ends(self, again: bytes = b"") -> int:
        """Wait for the end. `again` is typed once more after a silence: an interruption may fall between two reads."""
        silences = 0
        with contextlib.suppress(OSError):
            while True:
                ready, _, _ = select.select([self.end], [], [], 10 if again else 120)
                if not ready:
                    silences += 1
                    assert again, f"it does not end: {self.seen}"
                    assert silences < _SILENCES, f"it hears no interruption: {self.seen}"
                    os.write(self.end, again)
                    continue
                piece = os.read(self.end, 4096)
                if not piece:
                    break
                self.seen += piece.decode("utf-8", "replace")
        _, status = os.waitpid(self.pid, 0)
        os.close(self.end)
        return os.waitstatus_to_exitcode(status)


def _answers(terminal: Terminal, until: str = "") -> None:
    for prompt, line in (
        ("Answer", "perhaps"),
        ("Answer", "yes"),
        ("What did you see", "Fair."),
        ("What did you look at", "L1; L2"),
        ("Your name", "Eve"),
        ("Your role", "Auditor"),
        ("Until when", "never"),
        ("Until when", until),
        ("Which work", ""),
    ):
        terminal.answer(prompt, f"{line}\n")


def test_an_interview_that_is_broken_off_goes_on_where_it_stopped(firm: Path) -> None:
    terminal = Terminal()
    terminal.until("1 of 2  A-2")
    _answers(terminal)
    terminal.answer("2 of 2  A-3", "yes\n")
    terminal.answer("What did you see", "\x03")
    assert terminal.ends(again=b"\x03") == 0
    assert "broken off; 1 answer kept in interview.draft.toml: qmscheck interview --ask goes on" in terminal.seen
    assert not (firm / "attestations.toml").exists()
    terminal = Terminal()
    terminal.until("2 questions; 1 answered")
    terminal.until("1 of 1  A-3")
    _answers(terminal, "2026-12-31")
    assert terminal.ends() == 0
    saved = attestations.read(firm / "attestations.toml", "a").answers
    assert [(a.obligation, a.references, str(a.valid_until)) for a in saved] == [
        ("A-2", ("L1", "L2"), "2027-11-20"),
        ("A-3", ("L1", "L2"), "2026-12-31"),
    ]
    assert not (firm / "interview.draft.toml").exists()
    assert main(["audit", "-q"]) == 0


def test_skip_leaves_a_question_open_back_returns_and_quit_stops(firm: Path) -> None:
    terminal = Terminal()
    terminal.answer("1 of 2  A-2", "skip\n")
    terminal.answer("2 of 2  A-3", "back\n")
    terminal.until("1 of 2  A-2")
    _answers(terminal)
    terminal.answer("2 of 2  A-3", "quit\n")
    assert terminal.ends() == 0
    assert "broken off; 1 answer kept" in terminal.seen
    terminal = Terminal()
    terminal.answer("1 of 1  A-3", "skip\n")
    assert terminal.ends() == 0
    assert [a.obligation for a in attestations.read(firm / "attestations.toml", "a").answers] == ["A-2"]


def test_a_question_whose_evidence_changed_since_the_draft_is_asked_again(firm: Path) -> None:
    terminal = Terminal()
    terminal.until("1 of 2  A-2")
    _answers(terminal)
    terminal.answer("2 of 2  A-3", "quit\n")
    terminal.ends()
    with (firm / "complaints.csv").open("a") as file:
        file.write("\n")
    terminal = Terminal()
    terminal.until("2 questions; 0 answered")
    terminal.answer("1 of 2  A-2", "quit\n")
    assert terminal.ends() == 0


def test_where_nothing_is_open_nothing_is_asked(firm: Path) -> None:
    filled(firm)
    main(["interview", "--read", "form.toml"])
    terminal = Terminal()
    assert terminal.ends() == 0
    assert "no question is open" in terminal.seen
