"""What each kind of check counts, and how values become JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from contracts import frame

from pipeline.checks import TableFacts, measure
from pipeline.errors import TerminalError
from pipeline.job_args import REQUIRED, job_args
from pipeline.report import json_value
from pipeline.tables import schema_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ROWS = [(1, "a", 5, 1.0), (2, "b", None, 2.0), (3, None, 50, 3.0), (3, "z", -1, 4.0)]
SCHEMA = "id bigint, kind string, amount int, share double, _extracted_at timestamp"


def rows(spark: SparkSession) -> DataFrame:
    return frame(spark, [(*row, None) for row in ROWS], SCHEMA)


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ({"kind": "not_null", "column": "amount"}, (1, 4)),
        ({"kind": "range", "column": "amount", "min": 0, "max": 10}, (2, 3)),
        ({"kind": "range", "column": "amount", "min": 0}, (1, 3)),
        ({"kind": "range", "column": "share", "max": 2.5}, (2, 4)),
        ({"kind": "accepted_values", "column": "kind", "values": ["a", "b"]}, (1, 3)),
        ({"kind": "accepted_values", "column": "amount", "values": [5, 50]}, (1, 3)),
        ({"kind": "accepted_values", "column": "kind", "values": [1]}, (3, 3)),
        ({"kind": "unique", "columns": ["id"]}, (1, 4)),
        ({"kind": "unique", "columns": ["id", "kind"]}, (0, 3)),
        ({"kind": "unique", "columns": ["id"], "where": "amount > 0"}, (0, 2)),
        ({"kind": "row_count", "min": 4}, (0, 4)),
        ({"kind": "row_count", "min": 10}, (6, 10)),
        ({"kind": "reject_share"}, (3, 7)),
        ({"kind": "reference", "column": "id", "to_table": "other", "to_column": "key"}, (1, 4)),
        ({"kind": "reference", "column": "id", "to_table": "gone", "to_column": "key"}, (4, 4)),
        ({"kind": "schema"}, (3, 4)),
    ],
)
def test_a_check_counts_what_breaks_it_of_what_it_looked_at(
    spark: SparkSession, check: dict[str, Any], expected: tuple[int, int]
) -> None:
    promised = schema_of("id bigint, kind string, amount bigint, more int")
    facts = TableFacts(rows(spark), promised, read=7, rejected=3)
    others = {"other": frame(spark, [(1,), (3,), (3,)], "key bigint")}
    given: Any = {"name": "c", "layer": "silver", "table": "t", **check}

    measured, counts = measure([given], {"t": facts}, others.get)

    assert (measured[0].failing, measured[0].total) == expected
    assert counts == {"t": 4}


@pytest.mark.parametrize(
    ("kind", "expected"), [("not_null", (0, 0)), ("unique", (0, 0)), ("row_count", (1, 1))]
)
def test_of_a_table_that_is_not_there_only_its_rows_are_missed(
    kind: str, expected: tuple[int, int]
) -> None:
    given: Any = {"name": "c", "layer": "gold", "table": "t", "kind": kind, "column": "a", "min": 1}
    facts = TableFacts(None, schema_of("a int"))

    measured, _ = measure([given], {"t": facts}, lambda _: None)

    assert (measured[0].failing, measured[0].total) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2**53 - 1, 2**53 - 1),
        (2**53, "9007199254740992"),
        (Decimal("1.20"), "1.20"),
        (float("nan"), "nan"),
        (0.5, 0.5),
        (True, True),
        (datetime(2026, 1, 2, tzinfo=UTC).replace(tzinfo=None), "2026-01-02 00:00:00"),
        ({"a": [1, None]}, {"a": [1, None]}),
    ],
)
def test_a_value_that_json_would_change_is_written_as_text(value: Any, expected: Any) -> None:
    assert json_value(value) == expected


def test_arguments_that_are_missing_are_all_named() -> None:
    given = {name: "x" for name in REQUIRED if name not in ("run_id", "lake_bucket")}

    with pytest.raises(TerminalError, match="not given --lake_bucket, --run_id"):
        job_args(given)


def test_training_data_is_asked_for_by_the_word_true() -> None:
    given = dict.fromkeys(REQUIRED, "x")

    assert not job_args({**given, "training_data": "false"}).training_data
    assert job_args({**given, "training_data": "true"}).training_data
