"""A session without its noise, and what it says where none can be had."""

from __future__ import annotations

from typing import Any

import pytest
from qmscheck_spark import session

from qmscheck import EngineError, InPlace


def test_what_spark_refuses_is_told_by_the_error_alone(engine: Any, capfd: pytest.CaptureFixture[str]) -> None:
    """pyspark would write it to standard error, too, as JSON."""
    query = "SELECT nothing FROM VALUES (1) AS t(order_id)"
    with pytest.raises(EngineError, match="nothing"):
        engine.load("orders", [], InPlace("spark", "", query))
    assert capfd.readouterr() == ("", "")


def test_a_connect_server_that_is_not_there_is_told_without_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_RETRIES", 1)
    with pytest.raises(EngineError, match="the Spark Connect server cannot be reached") as told:
        session.opened("sc://127.0.0.1:9/;user_id=secret", None, None)
    assert "secret" not in str(told.value)
