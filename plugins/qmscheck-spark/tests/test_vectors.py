"""Every vector on Spark: it means there what it means on the embedded engine, or is refused."""

from __future__ import annotations

from typing import Any

from dialects.harness import answers, differing, vectors


def test_spark_answers_every_vector_as_the_embedded_engine_does(engine: Any) -> None:
    asked = vectors()
    assert differing(answers(engine, asked), asked, engine.dialect) == []
