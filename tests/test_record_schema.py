"""The published form of the audit record: its JSON Schema and the table of names are what the code gives."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
from records import full_record, ready_record, undecided_record

from qmscheck import model
from qmscheck.model import AuditRecord
from qmscheck.record import schema, write
from qmscheck.record.names import MEANINGS, rows, table

DOCS = Path(__file__).parent.parent / "docs"


def test_the_schema_in_docs_is_what_the_code_gives() -> None:
    published = json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    assert (DOCS / "record.schema.json").read_text("utf-8") == published


def test_the_table_in_docs_is_what_the_code_gives() -> None:
    assert table() in (DOCS / "record.md").read_text("utf-8")


def test_every_name_of_the_record_has_a_meaning_and_no_other_has() -> None:
    nouns = {AuditRecord.__name__: schema(), **schema()["$defs"]}
    named = {f"{noun}.{field}" for noun, part in nouns.items() for field in part.get("properties", {})}
    assert named == set(MEANINGS)


def test_every_path_of_a_record_stands_in_the_table() -> None:
    known = {path for path, _ in rows()}

    def walk(value: object, path: str) -> None:
        last = path.rpartition(".")[2].removesuffix("[]")
        if path == "evidence[].columns":
            return
        path = last if last in {"location", "tally"} else path
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{path}.{key}".removeprefix("."))
        elif isinstance(value, list) and path != "tally.interval":
            for inner in value:
                walk(inner, f"{path}[]")
            seen.add(f"{path}[]")
        else:
            seen.add(path)

    seen: set[str] = set()
    walk(json.loads(write(full_record())), "")
    assert {path for path in seen if path not in {"location", "tally", "findings[].tally"}} <= known


def test_every_property_and_noun_of_the_schema_says_what_it_holds() -> None:
    published = schema()
    assert published["title"] == "Audit record"
    assert "$id" not in published
    for part in (published, *published["$defs"].values()):
        assert part["description"]
        assert all(inner["description"] for inner in part.get("properties", {}).values())


@pytest.mark.parametrize("record", [full_record(), ready_record(), undecided_record()], ids=lambda r: r.gate.result)
def test_a_record_as_written_fits_the_schema(record: AuditRecord) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(json.loads(write(record)), schema())


def test_the_schema_refuses_what_the_model_refuses() -> None:
    value = json.loads(write(full_record()))
    value["gate"]["result"] = "MAYBE"
    assert "MAYBE" not in [result.value for result in model.GateResult]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, schema())
