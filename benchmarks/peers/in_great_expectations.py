"""The fifty rules as a Great Expectations suite over pandas: native expectations where it has them.

What compares columns is computed into a column of its own first (true, false, empty out of scope) and then expected to
be true. Analytics are off. It keeps twenty failing values an expectation, as it does unless told otherwise.
"""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import pandas as pd
from fifty import FILLED, LISTS, PATTERNS, SHARES, UNIQUE, Answers, tell
from great_expectations import expectations as gxe
from pandas_rules import in_scope, met, read

__all__ = ["answers"]

_RANGES = {"quantity": (1, 5000), "amount": (0, 100000), "satisfaction": (1, 10)}


def answers(folder: Path, suffix: str) -> Answers:
    """Validate the whole table as one batch; take the count of unexpected values of each expectation."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    complaints = read(folder, "complaints", suffix)
    expected = _native()
    derived = _derived(complaints, read(folder, "customers", suffix)["customer_id"], frozenset(expected))
    for rule in derived:
        mostly = SHARES[rule.partition(".")[2]] if rule.startswith("share.") else 1.0
        expected[rule] = gxe.ExpectColumnValuesToBeInSet(column=rule, value_set=[True], mostly=mostly)
    given = pd.concat([complaints, pd.DataFrame(derived)], axis=1)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("benchmark").add_dataframe_asset("complaints")
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch(batch_parameters={"dataframe": given})
    for rule, expectation in expected.items():
        expectation.meta = {"rule": rule}
    suite = gx.ExpectationSuite("complaints", expectations=list(expected.values()))
    found: dict[str, int | bool] = {}
    for one in batch.validate(suite).results:
        if one.exception_info.get("raised_exception"):
            raise SystemExit(str(one.exception_info))
        rule = one.expectation_config.meta["rule"]
        found[rule] = bool(one.success) if rule.startswith("share.") else int(one.result["unexpected_count"])
    return found


def _native() -> dict[str, gxe.Expectation]:
    filled = {f"filled.{column}": gxe.ExpectColumnValuesToNotBeNull(column=column) for column in FILLED}
    lists = {
        f"list.{column}": gxe.ExpectColumnValuesToBeInSet(column=column, value_set=list(values))
        for column, values in LISTS.items()
    }
    patterns = {
        f"pattern.{rule}": gxe.ExpectColumnValuesToMatchRegex(column=column, regex=pattern)
        for rule, (column, pattern) in PATTERNS.items()
    }
    ranges = {
        f"range.{column}": gxe.ExpectColumnValuesToBeBetween(column=column, min_value=least, max_value=most)
        for column, (least, most) in _RANGES.items()
    }
    ranges["range.hours"] = gxe.ExpectColumnValuesToBeBetween(
        column="hours", min_value=0, max_value=400, strict_max=True
    )
    ranges["range.description"] = gxe.ExpectColumnValueLengthsToBeBetween(
        column="description", min_value=20, max_value=400
    )
    keys = {
        f"unique.{rule}": gxe.ExpectColumnValuesToBeUnique(column=columns[0])
        if len(columns) == 1
        else gxe.ExpectCompoundColumnsToBeUnique(column_list=list(columns), ignore_row_if="any_value_is_missing")
        for rule, columns in UNIQUE.items()
    }
    return filled | lists | ranges | patterns | keys


def _derived(complaints: pd.DataFrame, customers: pd.Series, native: frozenset[str]) -> dict[str, pd.Series]:
    """Compute a column for every other rule: whether the record is as it must be, empty out of scope."""
    scopes = in_scope(complaints)
    known = {"match.customer": complaints["customer_id"].isin(customers)}
    return {
        rule: condition.astype("boolean").where(scopes[rule]) if rule in scopes else condition
        for rule, condition in (met(complaints) | known).items()
        if rule not in native
    }


if __name__ == "__main__":
    tell(answers)
