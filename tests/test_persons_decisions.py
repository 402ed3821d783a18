"""The decisions file: what an entry must hold, where its mistakes stand, and that adding changes no earlier line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmscheck.cells import visible
from qmscheck.errors import QmscheckError
from qmscheck.model import Decision, DecisionKind, Grade, Location, Unit
from qmscheck.persons import decisions

SIGNED = 'by = "A. Auditor"\nrole = "lead auditor"\non = 2026-11-20\n'
FP = 'fingerprint = "4d02e9111f0e9b36"\n'
WHY = 'why = "seen on site"\n'
GRADE = f'[[decision]]\nkind = "grade"\n{FP}from = "minor"\nto = "major"\n{SIGNED}{WHY}'
WAIVER = f'[[decision]]\nkind = "waiver"\n{FP}until = 2027-01-31\n{SIGNED}{WHY}'
WITHDRAWN = f'[[decision]]\nkind = "waiver"\nwithdrawn = true\n{FP}{SIGNED}{WHY}'


def read(tmp_path: Path, text: str) -> decisions.DecisionFile:
    path = tmp_path / "decisions.toml"
    path.write_text(text, "utf-8")
    return decisions.read(path, "decisions.toml")


def mistakes(tmp_path: Path, text: str) -> list[str]:
    found = read(tmp_path, text).document.problems
    return [f"{p.line}:{p.column} {p.message}" for p in sorted(found)]


def entry(**given: object) -> Decision:
    signed = {"kind": DecisionKind.GRADE, "by": "A", "role": "auditor", "on": dt.date(2026, 11, 20), "why": "seen"}
    return Decision.model_construct(**(signed | given))  # type: ignore[arg-type]


def test_an_entry_is_read_with_its_place(tmp_path: Path) -> None:
    found = read(tmp_path, f"# decided in November\n\n{GRADE}\n{WAIVER}")
    assert found.entries == 2
    first, second = found.decisions
    assert (first.kind, first.from_, first.to, first.by) == ("grade", "minor", "major", "A. Auditor")
    assert first.location == Location(path="decisions.toml", row=3)
    assert second.until == dt.date(2027, 1, 31)


def test_an_empty_file_has_no_entries(tmp_path: Path) -> None:
    assert read(tmp_path, "").decisions == ()


def test_what_is_no_toml_is_refused_at_its_place(tmp_path: Path) -> None:
    with pytest.raises(QmscheckError, match=r"decisions\.toml:2:8: not valid TOML"):
        read(tmp_path, "[[decision]]\nkind = ")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(QmscheckError, match=r"decisions\.toml: cannot be read"):
        decisions.read(tmp_path, "decisions.toml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WAIVER.replace(WHY, ""), "1:1 a waiver without 'why' is refused"),
        (WAIVER.replace("until = 2027-01-31\n", ""), "1:1 a waiver without 'until' is refused"),
        (GRADE.replace('from = "minor"\n', ""), "1:1 a grade without 'from' is refused"),
        (GRADE.replace(FP, ""), "1:1 a grade without 'fingerprint' is refused"),
        (GRADE.replace('"major"', '"grave"'), "5:6 'to' should be major, minor, opportunity, none: not 'grave'"),
        (GRADE.replace("9b36", "9B36"), "3:15 '4d02e9111f0e9B36' should be the fingerprint of a finding"),
        (GRADE.replace('by = "A. Auditor"\n', ""), "1:1 the key 'by' is missing here"),
        (GRADE.replace("on = 2026-11-20\n", ""), "1:1 the key 'on' is missing here"),
        (GRADE.replace('"A. Auditor"', '" "'), "6:6 'by' should not be empty"),
        (GRADE.replace('"A. Auditor"', '"\u200b"'), "6:6 'by' should not be empty"),
        (WAIVER.replace(WHY, 'why = "\u2060\u00ad "\n'), "8:7 'why' should not be empty"),
        (GRADE + "until = 2027-01-01\n", "10:1 a grade has no 'until'"),
        (GRADE + "state = 'in-force'\n", "10:1 a grade has no 'state'"),
        (GRADE + "unti = 2027-01-01\n", "10:1 unknown key 'unti'"),
        (WAIVER.replace("2027-01-31", "2026-11-19"), "4:9 it ends (2026-11-19) before it was decided (2026-11-20)"),
        (WAIVER + 'unit = { column = "site" }\n', "9:8 the key 'value' is missing here"),
        (f'[[decision]]\nkind = "response"\n{FP}{SIGNED}', "1:1 a response says nothing"),
        (f'[[decision]]\nkind = "response"\n{FP}verified_by = "B"\n{SIGNED}', "1:1 whether it works is verified"),
        (
            f'[[decision]]\nkind = "response"\n{FP}verified_by = "B"\nverified_on = 2026-11-21\n{SIGNED}',
            "5:15 it was verified (2026-11-21) after the entry was written (2026-11-20)",
        ),
        (f'[[decision]]\nkind = "not-applicable"\n{SIGNED}{WHY}', "1:1 an entry about 'not-applicable' without"),
        (f'[[decision]]\nkind = "waiver"\nwithdrawn = true\n{FP}{SIGNED}', "1:1 a waiver without 'why' is refused"),
        ("[decision]\n", "1:1 'decision' should be a list of tables"),
        ("[[decisions]]\n", "1:3 unknown key 'decisions'"),
    ],
)
def test_an_entry_with_a_mistake_is_refused_at_its_place(tmp_path: Path, text: str, said: str) -> None:
    found = mistakes(tmp_path, text)
    assert any(line.startswith(said) for line in found), found


def test_an_entry_with_a_mistake_is_no_decision_and_the_others_are(tmp_path: Path) -> None:
    found = read(tmp_path, WAIVER.replace(WHY, "") + "\n" + GRADE)
    assert [d.kind for d in found.decisions] == ["grade"]
    assert found.problem(0, "look").line == 9
    assert found.problem(0, "look", key="to").line == 13


def test_a_withdrawal_needs_no_last_day(tmp_path: Path) -> None:
    assert mistakes(tmp_path, WAIVER + WITHDRAWN) == []


@pytest.mark.parametrize(
    "before",
    ["", WAIVER + 'key = "C-1"\n', WAIVER.replace('"waiver"', '"risk"'), GRADE],
    ids=["none", "of one record", "another kind", "a grade"],
)
def test_a_withdrawal_that_takes_back_nothing_is_refused(tmp_path: Path, before: str) -> None:
    """Else the waiver of one record stays in force, and who withdrew it believes that it does not."""
    (told,) = mistakes(tmp_path, before + WITHDRAWN)
    assert told.endswith("13 this waiver takes back nothing: no entry before it is about the same")


def test_a_withdrawal_that_takes_back_nothing_is_not_added(tmp_path: Path) -> None:
    path = tmp_path / "decisions.toml"
    path.write_text(WAIVER, "utf-8")
    given = entry(kind=DecisionKind.WAIVER, fingerprint="4d02e9111f0e9b36", key="C-2", withdrawn=True)
    with pytest.raises(QmscheckError, match="this waiver takes back nothing"):
        decisions.add(path, "decisions.toml", given)
    assert path.read_text("utf-8") == WAIVER


# ---------------------------------------------------------------- adding


def test_an_entry_is_added_at_the_end_and_no_earlier_byte_changes(tmp_path: Path) -> None:
    path = tmp_path / "decisions.toml"
    before = f"# by hand\r\n{GRADE}".encode()
    path.write_bytes(before)
    given = entry(fingerprint="4d02e9111f0e9b36", from_=Grade.MINOR, to="none", unit=None)
    lines = decisions.add(path, "decisions.toml", given)
    assert path.read_bytes() == before + b"\n" + lines.encode()
    assert [d.to for d in decisions.read(path, "decisions.toml").decisions] == ["major", "none"]
    assert list(tmp_path.iterdir()) == [path]


def test_the_first_entry_makes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "decisions.toml"
    given = entry(kind=DecisionKind.NOT_APPLICABLE, obligation="A-1")
    assert decisions.add(path, "decisions.toml", given) == (
        '[[decision]]\nkind = "not-applicable"\nobligation = "A-1"\nby = "A"\nrole = "auditor"\non = 2026-11-20\nwhy = "seen"\n'
    )
    assert path.read_text("utf-8").startswith("[[decision]]")


def test_a_last_line_without_an_end_is_no_trap(tmp_path: Path) -> None:
    path = tmp_path / "decisions.toml"
    path.write_text(GRADE.rstrip("\n"), "utf-8")
    decisions.add(path, "decisions.toml", entry(kind=DecisionKind.NOT_APPLICABLE, obligation="A-1"))
    assert len(decisions.read(path, "decisions.toml").decisions) == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"kind": DecisionKind.WAIVER, "fingerprint": "4d02e9111f0e9b36"},
            "the new entry:1:1: a waiver without 'until'",
        ),
        ({"kind": DecisionKind.NOT_APPLICABLE, "obligation": "A", "why": "\udc80"}, "the new entry: holds a text"),
    ],
)
def test_an_entry_with_a_mistake_is_not_added(tmp_path: Path, given: dict[str, object], said: str) -> None:
    path = tmp_path / "decisions.toml"
    path.write_text(GRADE, "utf-8")
    with pytest.raises(QmscheckError) as error:
        decisions.add(path, "decisions.toml", entry(**given))
    assert str(error.value).startswith(said)
    assert path.read_text("utf-8") == GRADE
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_added_to_a_file_with_mistakes(tmp_path: Path) -> None:
    path = tmp_path / "decisions.toml"
    path.write_text(WAIVER.replace(WHY, ""), "utf-8")
    with pytest.raises(QmscheckError, match="without 'why'"):
        decisions.add(path, "decisions.toml", entry(kind=DecisionKind.NOT_APPLICABLE, obligation="A"))


def test_nothing_is_added_while_somebody_else_adds(tmp_path: Path) -> None:
    path = tmp_path / "decisions.toml"
    (tmp_path / ".decisions.toml.adding").touch()
    with pytest.raises(QmscheckError, match="somebody else is adding a decision"):
        decisions.add(path, "decisions.toml", entry(kind=DecisionKind.NOT_APPLICABLE, obligation="A"))
    assert not path.exists()


def test_what_was_changed_meanwhile_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "decisions.toml"
    path.write_text(GRADE, "utf-8")
    written = decisions.written

    def meanwhile(given: Decision) -> str:
        path.write_text(GRADE + "# noted by hand\n", "utf-8")
        return written(given)

    monkeypatch.setattr(decisions, "written", meanwhile)
    with pytest.raises(QmscheckError, match="was changed meanwhile; nothing was added"):
        decisions.add(path, "decisions.toml", entry(kind=DecisionKind.NOT_APPLICABLE, obligation="A"))
    assert path.read_text("utf-8").endswith("# noted by hand\n")


def test_what_is_broken_off_keeps_nobody_from_adding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "decisions.toml"

    def broken_off(_file: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", broken_off)
        with pytest.raises(KeyboardInterrupt):
            decisions.add(path, "decisions.toml", entry(kind=DecisionKind.NOT_APPLICABLE, obligation="A"))
    assert list(tmp_path.iterdir()) == []
    decisions.add(path, "decisions.toml", entry(kind=DecisionKind.NOT_APPLICABLE, obligation="A"))


def test_a_link_to_the_file_stays_one(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    path = tmp_path / "decisions.toml"
    path.symlink_to(tmp_path / "shared" / "ours.toml")
    lines = decisions.add(path, "decisions.toml", entry(kind=DecisionKind.NOT_APPLICABLE, obligation="A"))
    assert path.is_symlink()
    assert (tmp_path / "shared" / "ours.toml").read_text("utf-8") == lines


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(QmscheckError, match="cannot be written"):
        decisions.add(tmp_path / "gone" / "d.toml", "d.toml", entry(kind=DecisionKind.NOT_APPLICABLE, obligation="A"))


_WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(visible)


@given(by=_WORDS, why=_WORDS, key=st.none() | _WORDS, value=st.none() | _WORDS)
def test_whatever_words_are_written_come_back(by: str, why: str, key: str | None, value: str | None) -> None:
    unit = None if value is None else Unit(column="site", value=value)
    given = entry(
        kind=DecisionKind.RISK,
        fingerprint="0" * 16,
        until=dt.date(2027, 1, 1),
        by=by,
        why=why,
        key=key,
        unit=unit,
        from_=Grade.MINOR,
    )
    found = decisions._read(decisions.written(given).encode(), "d.toml", "d.toml")
    assert found.document.problems == []
    back = found.decisions[0]
    assert (back.by, back.why, back.key, back.unit, back.from_) == (by, why, key, unit, Grade.MINOR)
