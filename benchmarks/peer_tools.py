"""The peers of `peers.py`: their versions, and what each cannot say of the fifty rules or counts otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version

__all__ = ["BY_HAND", "PEERS", "Otherwise", "Peer"]

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Otherwise:
    """Why a tool counts otherwise, and a query of DuckDB that counts as it does; None where no query can."""

    reason: str
    counted: str | None


@dataclass(frozen=True, slots=True)
class Peer:
    """A tool: the file in `peers/` that runs it, the packages of its environment, and what it gives beside counts.

    `kind` is `hand` for what somebody wrote by hand, `frame` for packages that hold the whole table in memory, `query`
    for packages that send SQL. Above `most` records it runs only if asked to.
    """

    name: str
    file: str
    pins: tuple[str, ...]
    kind: str
    gives: str
    most: int | None = None
    unable: Mapping[str, str] = field(default_factory=dict)
    otherwise: Mapping[str, Otherwise] = field(default_factory=dict)


BY_HAND = Peer("duckdb-by-hand", "../by_hand.py", (f"duckdb=={version('duckdb')}",), "hand", "counts")
"""One query written by hand: the known answers. Its DuckDB is always the one that the audit uses."""

_NO_SHARE = "it has no rule over a whole table, only over records and groups"
_NO_SCOPED_SHARE = "its threshold is a part of all records, never of those in a scope"
_BLANK = "its check passes over empty cells"
_WHERE = "SELECT count(*) FROM complaints WHERE"
_SURPLUS = "it counts how many distinct values are missing, not the records that share one"

PEERS = (
    Peer("polars-by-hand", "in_polars.py", ("polars==2.1.0",), "hand", "counts"),
    Peer(
        "dataframely",
        "in_dataframely.py",
        ("dataframely==3.1.2", "polars==2.1.0"),
        "frame",
        "failed records",
        unable=dict.fromkeys(("share.answered", "share.acknowledged", "share.satisfied", "share.effort"), _NO_SHARE),
    ),
    Peer("pandera-polars", "in_pandera_polars.py", ("pandera[polars]==0.35.0", "polars==2.1.0"), "frame", "10 cases"),
    Peer(
        "pandera-pandas",
        "in_pandera_pandas.py",
        ("pandera[pandas]==0.35.0", "pandas==3.1.1", "pyarrow==26.0.1"),
        "frame",
        "10 cases",
        most=_MILLION,
    ),
    Peer(
        "pointblank",
        "in_pointblank.py",
        ("pointblank==1.1.1", "polars==2.1.0"),
        "frame",
        "500 records",
        otherwise={
            "unique.record": Otherwise(
                "empty cells are values to it, so that keys with one may be unique",
                "SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM complaints "
                "GROUP BY customer_id, lot, received_at HAVING count(*) > 1)",
            )
        },
    ),
    Peer(
        "soda",
        "in_soda.py",
        ("soda-core==4.28.0", "soda-duckdb==4.28.0", "duckdb==2.0.0"),
        "query",
        "counts",
        otherwise={
            "unique.complaint": Otherwise(
                _SURPLUS, "SELECT count(complaint_id) - count(DISTINCT complaint_id) FROM complaints"
            ),
            "unique.record": Otherwise(
                f"{_SURPLUS}; keys with an empty cell are left out",
                "SELECT count(*) - count(DISTINCT (customer_id, lot, received_at)) FROM complaints "
                "WHERE customer_id IS NOT NULL AND lot IS NOT NULL AND received_at IS NOT NULL",
            ),
            "match.customer": Otherwise(
                "an empty cell is missing to it, not invalid",
                "SELECT count(*) FROM complaints ANTI JOIN customers USING (customer_id) "
                "WHERE complaints.customer_id IS NOT NULL",
            ),
        },
    ),
    Peer(
        "cuallee",
        "in_cuallee.py",
        ("cuallee==0.15.4", "duckdb==1.2.0", "pandas==3.1.1", "numpy==2.4.6"),
        "query",
        "counts",
        unable={
            "share.answered": _NO_SCOPED_SHARE,
            "share.satisfied": _NO_SCOPED_SHARE,
            "match.customer": "it has no rule over two tables",
        },
        otherwise={
            "unique.complaint": Otherwise(_SURPLUS, "SELECT count(*) - count(DISTINCT complaint_id) FROM complaints"),
            "unique.record": Otherwise(
                "its check of several columns averages estimates of the distinct values of each, whatever the pairs",
                None,
            ),
        },
    ),
    Peer(
        "great-expectations",
        "in_great_expectations.py",
        ("great-expectations==1.24.1", "pandas==3.1.1", "pyarrow==26.0.1"),
        "frame",
        "20 values",
        most=_MILLION,
        otherwise={
            "pattern.complaint": Otherwise(_BLANK, f"{_WHERE} complaint_id NOT SIMILAR TO 'C-[0-9]{{9}}'"),
            "pattern.customer": Otherwise(_BLANK, f"{_WHERE} customer_id NOT SIMILAR TO 'K-[0-9]{{8}}'"),
            "pattern.lot": Otherwise(_BLANK, f"{_WHERE} lot NOT SIMILAR TO 'L-20[0-9]{{2}}-[0-9]{{4}}'"),
            "pattern.owner": Otherwise(_BLANK, f"{_WHERE} owner NOT SIMILAR TO '[A-Z][a-z]+ [A-Z][a-z]+'"),
            "range.description": Otherwise(_BLANK, f"{_WHERE} length(description) NOT BETWEEN 20 AND 400"),
            "unique.record": Otherwise(
                "records with an empty cell in the key are passed over",
                "SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM complaints WHERE customer_id IS NOT NULL "
                "AND lot IS NOT NULL AND received_at IS NOT NULL GROUP BY customer_id, lot, received_at "
                "HAVING count(*) > 1)",
            ),
        },
    ),
)
