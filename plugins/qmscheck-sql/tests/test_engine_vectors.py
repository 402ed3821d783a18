"""PostgreSQL answers every conformance vector as the embedded engine does; the server is a real one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from dialects.harness import answers, differing, vectors
from qmscheck_sql.engine import PostgreSQL

from qmscheck import Opening

if TYPE_CHECKING:
    from conftest import Server


@pytest.fixture
def engine(server: Server, tmp_path: Path) -> Iterator[PostgreSQL]:
    made = PostgreSQL(Opening(tmp_path, address=server.address()))
    yield made
    made.close()


def test_postgresql_answers_every_vector(engine: PostgreSQL) -> None:
    asked = vectors()
    assert differing(answers(engine, asked), asked, engine.dialect) == []


def test_the_order_of_letters_is_that_of_their_numbers_whatever_the_database_says(
    server: Server, tmp_path: Path
) -> None:
    server.run(
        "create database worded template template0 lc_collate 'C' lc_ctype 'C' icu_locale 'de' locale_provider icu",
        database="postgres",
    )
    engine = PostgreSQL(Opening(tmp_path, address=server.address("owner", database="worded")))
    try:
        asked = vectors()
        assert differing(answers(engine, asked), asked, engine.dialect) == []
    finally:
        engine.close()
