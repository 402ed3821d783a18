"""The file of attestations is only ever added to, whole or not at all, and is read as a table of the audit."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmscheck.errors import QmscheckError
from qmscheck.extracts import Request, Rows
from qmscheck.model import EvidenceSeen, SignedAnswer
from qmscheck.persons import adding, attestations, qmscheck_readers

ANSWER = SignedAnswer(
    obligation="A-2",
    question="Was the answer fair?",
    answer="yes",
    statement="Fair.",
    references=("L1", "L2"),
    by="E. Example",
    role="Auditor",
    on=dt.date(2026, 11, 20),
    valid_until=dt.date(2027, 11, 20),
    independent_of="Service",
    seen=(EvidenceSeen(path="log.csv", sha256="0"),),
)
_TEXT = st.text(min_size=1, max_size=20).filter(lambda text: text.strip() and text.isprintable())


def file_of(tmp_path: Path, *answers: SignedAnswer) -> Path:
    attestations.add(tmp_path / "a.toml", "a.toml", answers)
    return tmp_path / "a.toml"


def extracted(path: Path) -> tuple[tuple[str, ...], list[tuple[Any, ...]], list[int]]:
    (reader,) = qmscheck_readers()
    (part,) = reader.read(Request("attestations", path, {}, dt.date.min, path.parent, path.parent))
    assert isinstance(part.content, Rows)
    batches = list(part.content.batches)
    rows = [row for batch in batches for row in zip(*batch.columns, strict=True)]
    return part.columns, rows, [number for batch in batches for number in batch.rows or ()]


def test_answers_are_added_at_the_end_and_nothing_before_is_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"# Ours.\r\n" + attestations.written(ANSWER).encode().replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    later = ANSWER.model_copy(update={"answer": "no", "on": dt.date(2026, 11, 21)})
    assert attestations.add(path, "a.toml", [ANSWER, later, later]) == (later,)
    assert path.read_bytes() == before + b"\n" + attestations.written(later).encode()
    assert attestations.read(path, "a.toml").answers == (ANSWER, later)
    assert attestations.add(path, "a.toml", [ANSWER]) == ()
    assert [one.name for one in tmp_path.iterdir()] == ["a.toml"]


def test_a_file_without_a_last_line_end_is_added_to_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(attestations.written(ANSWER).rstrip("\n"), "utf-8")
    other = ANSWER.model_copy(update={"obligation": "A-3"})
    attestations.add(path, "a.toml", [other])
    assert attestations.read(path, "a.toml").answers == (ANSWER, other)


@pytest.mark.unmeasured
@given(texts=st.tuples(*[_TEXT] * 6))
def test_what_is_written_is_read_again(texts: tuple[str, ...]) -> None:
    one, two, three, four, five, six = texts
    answer = ANSWER.model_copy(
        update={
            "statement": f"{one}\n{two}\x7f",
            "references": (three,),
            "by": four,
            "independent_of": five,
            "seen": (EvidenceSeen(path=six, sha256="1"),),
        }
    )
    assert attestations._read(attestations.written(answer).encode(), "a.toml").answers == (answer,)


def test_an_audit_reads_every_answer_at_its_line(tmp_path: Path) -> None:
    bare = ANSWER.model_copy(update={"references": (), "independent_of": None, "seen": (), "answer": "no"})
    columns, rows, lines = extracted(file_of(tmp_path, ANSWER, bare))
    assert dict(zip(columns, rows[0], strict=True)) == {
        "obligation": "A-2",
        "answer": "yes",
        "statement": "Fair.",
        "refs": "L1; L2",
        "by": "E. Example",
        "role": "Auditor",
        "on": "2026-11-20",
        "valid_until": "2027-11-20",
        "independent_of": "Service",
        "question": "Was the answer fair?",
        "seen": '[["log.csv", "0"]]',
    }
    assert [rows[1][columns.index(name)] for name in ("refs", "independent_of", "seen")] == [None, None, None]
    assert lines == [1, 16]


def test_lines_are_found_where_the_tables_are_written_in_another_way(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    inline = ", ".join(line for line in attestations.written(ANSWER).splitlines()[1:11])
    path.write_text(f"\nattestation = [\n  {{ {inline} }},\n]\n", "utf-8")
    assert extracted(path)[2] == [3]
    path.write_text("", "utf-8")
    assert extracted(path)[1] == []


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ('answer = "yes"', 'answer = "maybe"', "a.toml:4:10: 'answer' should be 'yes', 'partly' or 'no'"),
        ('by = "E. Example"', 'by = " "', "a.toml:6:6: 'by' should not be empty"),
        ('by = "E. Example"\n', "", "a.toml:1:1: the key 'by' is missing here"),
        ("valid_until = 2027", "valid_until = 2025", "it ends (2025-11-20) before it was given (2026-11-20)"),
        ("[[attestation]]", "[[attestations]]", "unknown key 'attestations'"),
        ("[[attestation]]", "[attestation]", "'attestation' should be a list of tables"),
        ('role = "Auditor"', 'role = "Auditor"\nmood = "good"', "unknown key 'mood'"),
        ("on = 2026-11-20", "on = soon", "not valid TOML"),
    ],
)
def test_a_mistake_stops_the_audit_at_its_place_and_nothing_is_added(
    tmp_path: Path, was: str, now: str, told: str
) -> None:
    path = file_of(tmp_path, ANSWER)
    path.write_text(path.read_text("utf-8").replace(was, now, 1), "utf-8")
    before = path.read_bytes()
    for attempt in (lambda: extracted(path), lambda: attestations.add(path, "a.toml", [ANSWER])):
        with pytest.raises(QmscheckError) as caught:
            attempt()
        assert told in str(caught.value)
    assert path.read_bytes() == before


def test_the_reader_needs_a_file(tmp_path: Path) -> None:
    (reader,) = qmscheck_readers()
    with pytest.raises(QmscheckError, match="needs a path"):
        list(reader.read(Request("attestations", None, {}, dt.date.min, tmp_path, tmp_path)))
    with pytest.raises(QmscheckError, match=r"a\.toml: cannot be read"):
        list(reader.read(Request("attestations", tmp_path / "a.toml", {}, dt.date.min, tmp_path, tmp_path)))


def test_two_persons_do_not_add_at_the_same_time(tmp_path: Path) -> None:
    (tmp_path / ".a.toml.adding").touch()
    with pytest.raises(QmscheckError, match="somebody else is adding an answer"):
        attestations.add(tmp_path / "a.toml", "a.toml", [ANSWER])
    assert not (tmp_path / "a.toml").exists()


def test_what_is_broken_off_keeps_nobody_from_adding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_off(_file: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", broken_off)
        with pytest.raises(KeyboardInterrupt):
            attestations.add(tmp_path / "a.toml", "a.toml", [ANSWER])
    assert list(tmp_path.iterdir()) == []
    assert attestations.add(tmp_path / "a.toml", "a.toml", [ANSWER]) == (ANSWER,)


def test_a_link_to_the_file_stays_one(tmp_path: Path) -> None:
    (tmp_path / "a.toml").symlink_to(tmp_path / "ours.toml")
    attestations.add(tmp_path / "a.toml", "a.toml", [ANSWER])
    assert (tmp_path / "a.toml").is_symlink()
    assert (tmp_path / "ours.toml").read_text("utf-8") == attestations.written(ANSWER)


def test_a_change_meanwhile_and_a_folder_that_is_gone_are_told(tmp_path: Path) -> None:
    path = file_of(tmp_path, ANSWER)
    with pytest.raises(QmscheckError, match="was changed meanwhile"):
        adding.replace(path, "a.toml", b"other", b"new", "an answer")
    with pytest.raises(QmscheckError, match="cannot be written"):
        attestations.add(tmp_path / "none" / "a.toml", "a.toml", [ANSWER])
    assert attestations.read(path, "a.toml").answers == (ANSWER,)


def test_a_file_whose_end_takes_no_answer_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("attestation = []\n", "utf-8")
    with pytest.raises(QmscheckError):
        attestations.add(path, "a.toml", [ANSWER])
    assert path.read_text("utf-8") == "attestation = []\n"
