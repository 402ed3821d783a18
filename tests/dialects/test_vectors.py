"""Every vector on the embedded engine: what it answers is what the others are held to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dialects.harness import answers, differing, vectors

from qmscheck.engine.embedded import Embedded
from qmscheck.sql.functions import FUNCTIONS


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    made = Embedded(tmp_path_factory.getbasetemp(), threads=1)
    yield made
    made.close()


def test_the_embedded_engine_answers_every_vector(engine: Embedded) -> None:
    asked = vectors()
    assert differing(answers(engine, asked), asked, engine.dialect) == []


def test_every_function_of_the_rule_language_has_a_vector() -> None:
    told = " ".join(vector.expression for vector in vectors())
    assert [name for name in FUNCTIONS if f"{name}(" not in told] == []


def test_no_two_vectors_have_the_same_name() -> None:
    names = [vector.name for vector in vectors()]
    assert sorted(set(names)) == sorted(names)
