"""What of personal columns is read, and what a plan may show."""

from __future__ import annotations

from pathlib import Path

import pytest
from folders import audited
from test_privacy_key import RULESET, SOURCE

from qmscheck import record as record_room
from qmscheck.engine.embedded import Embedded
from qmscheck.errors import QmscheckError
from qmscheck.extracts import Rows
from qmscheck.model import AuditRecord

STAFF = RULESET.replace('key = "id"', 'key = "owner"').replace('must = "owner is not null"', 'must = "id is not null"')
MAPPED = SOURCE + '[source.columns]\nowner = {{ from = "owner"{} }}\n'
STRATA = (
    RULESET.replace(
        'owner = { type = "text", sensitivity = "personal" }',
        'owner = { type = "text", sensitivity = "personal" }\nteam = { type = "text" }',
    )
    .replace('must = "owner is not null"', 'must = "id is not null"\nstrata = ["team"]')
    .replace('key = "id"', 'key = "owner"')
)


def csv(folder: Path, *rows: str, head: str = "id,owner") -> None:
    (folder / "log.csv").write_text("\n".join([head, *rows]) + "\n", "utf-8")


def keys(found: AuditRecord) -> list[str]:
    return [e.key for f in found.findings for e in f.exceptions]


def test_a_personal_key_is_not_shown_unless_the_plan_says_so(tmp_path: Path) -> None:
    csv(tmp_path, ",Anna", ",Bob", "1,Carl")
    assert keys(audited(tmp_path, STAFF, MAPPED.format(""))) == ["(personal)", "(personal)"]
    assert keys(audited(tmp_path, STAFF, MAPPED.format(", show = true"))) == ["Anna", "Bob"]


def test_records_do_not_stand_in_the_order_of_names(tmp_path: Path) -> None:
    csv(tmp_path, ",Zoe", ",Anna", ",Mia")
    places = [e.location.row for f in audited(tmp_path, STAFF, SOURCE).findings for e in f.exceptions]
    assert places == [2, 3, 4]


def test_a_column_is_shown_only_where_each_of_its_sources_says_so(tmp_path: Path) -> None:
    csv(tmp_path, ",Anna")
    (tmp_path / "other.csv").write_text("id,owner\n,Bob\n", "utf-8")
    two = MAPPED.format(", show = true") + MAPPED.format("").replace("log.csv", "other.csv")
    assert set(keys(audited(tmp_path, STAFF, two))) == {"(personal)"}


def test_the_record_is_the_same_with_any_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    csv(tmp_path, "1,Anna", "2,", "3,Bob", "3,Anna")
    twice = RULESET.replace('each = "log"\nmust = "owner is not null"', 'each = "log"\nunique = ["owner"]')
    written = []
    for key in ("0123456789abcdef", "fedcba9876543210"):
        monkeypatch.setenv("QMSCHECK_TEST_KEY", key)
        found = audited(tmp_path, twice, f'pseudonym_key = "env:QMSCHECK_TEST_KEY"\n{SOURCE}')
        written.append(record_room.write(found))
    assert written[0] == written[1]
    assert '"unmet": 3' in written[0], "two are Anna, and one has no name"


@pytest.mark.parametrize(
    ("ruleset", "more", "told"),
    [
        (RULESET, ", show = 1", "'show' should be true or false"),
        (
            RULESET.replace('"personal"', '"special"'),
            ", show = true",
            "special category (health and the like, GDPR Art. 9)",
        ),
        (RULESET.replace('"personal"', '"internal"'), ", show = true", "'owner' is not personal: it is shown without"),
    ],
)
def test_what_cannot_be_shown_is_refused(tmp_path: Path, ruleset: str, more: str, told: str) -> None:
    csv(tmp_path, "1,Anna")
    with pytest.raises(QmscheckError) as error:
        audited(tmp_path, ruleset, MAPPED.format(more))
    assert told in str(error.value)


def test_only_columns_that_a_rule_reads_reach_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook, a JSON file: whole rows are handed over, and what nobody asked for is left behind at the door."""
    (tmp_path / "log.json").write_text('[{"id": "1", "owner": "Anna", "salary": "90000", "mail": "anna@firm.example"}]')
    loaded: list[object] = []
    load = Embedded.load

    def watched(self: Embedded, name: str, columns: list[str], content: Rows, *, careful: bool = False) -> object:
        batches = list(content.batches)
        loaded.extend([*columns, *(cell for batch in batches for column in batch.columns for cell in column)])
        return load(self, name, columns, Rows(batches), careful=careful)

    monkeypatch.setattr(Embedded, "load", watched)
    found = audited(tmp_path, RULESET, SOURCE.replace("log.csv", "log.json"))
    assert loaded == ["id", "owner", "1", "Anna"]
    assert found.evidence[0].unmapped_columns == ("salary", "mail")


def test_no_relation_that_a_rule_reads_holds_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    csv(tmp_path, "1,Anna", "2,n/a", "3,Bob")
    cells: list[object] = []
    close = Embedded.close

    def looked(self: Embedded) -> None:
        cells.extend(self._connection.execute('SELECT "owner" FROM "log" ORDER BY "id"').fetchall())
        close(self)

    monkeypatch.setattr(Embedded, "close", looked)
    audited(tmp_path, RULESET, SOURCE + 'missing = ["n/a"]\n')
    first, blank, other = (row[0] for row in cells)  # type: ignore[index]
    assert blank is None
    assert first != other
    assert all(isinstance(x, str) and x.startswith("~") and len(x) == 25 for x in (first, other))


def test_small_groups_of_people_are_shown_together(tmp_path: Path) -> None:
    rows = [f"{i},P{i},North" for i in range(7)] + ["8,A,South", "9,B,South", "10,C,East", ",D,West"]
    csv(tmp_path, *rows, head="id,owner,team")
    (finding,) = audited(tmp_path, STRATA, SOURCE).findings
    told = {s.value: (s.tally.population, s.tally.unmet) for s in finding.strata}
    assert told == {"(small groups, together)": (11, 1)}, "South, East and West are four: North goes with them"


def test_a_rest_that_would_give_a_small_group_away_takes_the_next_larger_one(tmp_path: Path) -> None:
    rows = [f"{i},P{i},North" for i in range(9)] + [f"{i},Q{i},South" for i in range(6)] + ["1,A,East"]
    csv(tmp_path, *rows, head="id,owner,team")
    (finding,) = audited(tmp_path, STRATA, SOURCE).findings
    assert [(s.value, s.tally.population) for s in finding.strata] == [("North", 9), ("(small groups, together)", 7)]
    assert [(p.name, p.value, p.origin.value) for p in finding.parameters] == [("smallest_group", 5, "convention")]


def test_groups_of_what_is_no_person_are_shown_however_small(tmp_path: Path) -> None:
    csv(tmp_path, "1,Anna,North", "2,Bob,South", head="id,owner,team")
    (finding,) = audited(tmp_path, STRATA.replace('key = "owner"', 'key = "id"'), SOURCE).findings
    assert [s.value for s in finding.strata] == ["North", "South"]


def test_a_group_that_is_a_person_is_not_named(tmp_path: Path) -> None:
    csv(tmp_path, "1,Anna Quandt,North", ",Anna Quandt,Anna Quandt", "3,Bob,Anna Quandt", head="id,owner,team")
    ruleset = STRATA.replace('key = "owner"', 'key = "id"').replace("id is not null", "owner is distinct from team")
    found = audited(tmp_path, ruleset, SOURCE)
    (finding,) = found.findings
    assert [(s.value, s.tally.population) for s in finding.strata] == [("North", 1), ("(personal)", 2)]
    assert "Quandt" not in record_room.write(found)


WITNESS = RULESET.replace('sensitivity = "personal" }', 'sensitivity = "personal", person = "owner" }').replace(
    'recommendation = "The quality', 'question = "Is it so?"\nrecommendation = "The quality'
)
ANSWERS = "obligation,answer,statement,refs,by,role,on,valid_until\nA-1,yes,seen,log.csv,{},{},2026-11-01,2027-06-01\n"


@pytest.mark.parametrize(
    ("by", "role", "told"),
    [("anna  QUANDT", "Clerk", 2), ("Zoe", "Bob", 1), ("Zoe", "Clerk", 0)],
)
def test_an_answer_about_own_work_is_told_without_names_in_clear(tmp_path: Path, by: str, role: str, told: int) -> None:
    csv(tmp_path, "1,Anna Quandt", "2,Bob", "3,Anna Quandt")
    (tmp_path / "said.csv").write_text(ANSWERS.format(by, role), "utf-8")
    found = audited(tmp_path, WITNESS, SOURCE + '[[source]]\ntable = "attestations"\npath = "said.csv"\n')
    (answer,) = [o.attestation for o in found.obligations]
    assert answer is not None
    assert [w.detail for w in answer.warnings if w.kind == "own-work"] == (
        [f"The person who answered, or that role, is named as the owner in {told} of 3 records of log (owner)."]
        if told
        else []
    )


def test_a_role_that_is_compared_with_persons_becomes_a_pseudonym_for_that_only(tmp_path: Path) -> None:
    csv(tmp_path, "1,Anna,ANNA", "2,Bob,Chair", "3,,Anna", "4,all,Chair", head="id,owner,team")
    ruleset = STRATA.replace('key = "owner"', 'key = "id"').replace(
        '"id is not null"', "\"lower(owner) <> lower(team) and lower(owner) not in ('all', 'none')\""
    )
    (finding,) = audited(tmp_path, ruleset, SOURCE).findings
    assert [e.key for e in finding.exceptions] == ["1", "3", "4"]
    assert [s.value for s in finding.strata] == ["Chair", "(personal)"]


def test_a_register_is_matched_with_a_list_of_roles_that_is_not_personal(tmp_path: Path) -> None:
    csv(tmp_path, "1,head  of SALES", "2,Anna")
    (tmp_path / "posts.csv").write_text("post\nHead of sales\n", "utf-8")
    posts = (
        '[table.posts]\npurpose = "All"\nkey = "post"\n[table.posts.columns]\npost = { type = "text" }\n[[obligation]]'
    )
    ruleset = RULESET.replace("[[obligation]]", posts).replace(
        'must = "owner is not null"', 'has = { table = "posts", on = { owner = "post" } }'
    )
    (finding,) = audited(tmp_path, ruleset, SOURCE + '[[source]]\ntable = "posts"\npath = "posts.csv"\n').findings
    assert [e.key for e in finding.exceptions] == ["2"]


def test_in_a_large_file_a_mark_is_enough_where_nobody_is_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"{i},Anna Quandt with a long name and more" for i in range(30_000)]
    csv(tmp_path, *rows, "30000,Nobody yet", "30001,")
    assert (tmp_path / "log.csv").stat().st_size > 1_000_000
    ruleset = RULESET.replace("[table.log]", '[term.nobody]\nen = ["nobody"]\n[table.log]').replace(
        'must = "owner is not null"', "must = \"owner is not null and not mentions(owner, 'nobody')\""
    )
    cells: list[tuple[object, ...]] = []
    close = Embedded.close

    def looked(self: Embedded) -> None:
        cells.extend(self._connection.execute('SELECT "owner", count(*) FROM "log" GROUP BY ALL ORDER BY 2').fetchall())
        close(self)

    monkeypatch.setattr(Embedded, "close", looked)
    (finding,) = audited(tmp_path, ruleset, SOURCE).findings
    assert finding.tally is not None
    assert (finding.tally.met, finding.tally.unmet) == (30_000, 2)
    assert sorted(cells, key=str) == [("~", 30_000), ("~|nobody", 1), (None, 1)]
