"""The contract applied to rows: types, rules, and which reason counts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from contracts import at, contract, frame, row, source

from pipeline.bronze import utc_timestamps
from pipeline.conform import REASON, SOURCE_KEY, SOURCE_ROW, conform
from pipeline.errors import TerminalError
from pipeline.session import configure

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(autouse=True)
def _settings(spark: SparkSession) -> None:
    configure(spark, {})


def typed(expression: str, type_name: str) -> dict[str, Any]:
    columns = [
        {"name": "thing_id", "type": "bigint", "expression": "ID"},
        {"name": "value", "type": type_name, "expression": expression},
    ]
    return {"columns": columns}


@pytest.mark.parametrize(
    ("text", "type_name", "expected"),
    [
        ("12", "int", 12),
        (" 12 ", "int", 12),
        ("12.5", "int", "type_value"),
        ("3000000000", "int", "type_value"),
        ("3000000000", "bigint", 3_000_000_000),
        ("x", "double", "type_value"),
        ("1e3", "double", 1000.0),
        ("12345.678", "decimal(6,2)", "type_value"),
        ("2026-02-30", "date", "type_value"),
        ("2026-02-28 10:00:00", "timestamp", at("2026-02-28 10:00:00").replace(tzinfo=None)),
        ("maybe", "boolean", "type_value"),
        ("true", "boolean", True),
        ("", "int", "type_value"),
        (None, "int", None),
        ("x", "string", "x"),
    ],
)
def test_a_value_that_its_type_cannot_hold_rejects_the_row(
    spark: SparkSession, text: str | None, type_name: str, expected: Any
) -> None:
    table = contract(**typed("AMOUNT", type_name))

    result = conform(source(spark, row(1, amount=text)), table, ["ID"]).collect()[0]

    if isinstance(expected, str) and expected.startswith("type_"):
        assert result[REASON] == expected
        assert result["value"] is None
    else:
        assert (result[REASON], result["value"]) == (None, expected)


RULES = [
    {"reason": "no_name", "reject_when": "NAME is null"},
    {"reason": "not_positive", "reject_when": "try_cast(AMOUNT as int) <= 0"},
    {"reason": "huge", "reject_when": "try_cast(AMOUNT as int) > 100"},
]


@pytest.mark.parametrize(
    ("case", "given", "reason"),
    [
        ("nothing wrong", row(1), None),
        ("one rule", row(1, amount="0"), "not_positive"),
        ("two rules: the first in the contract", row(1, name=None, amount="500"), "no_name"),
        ("a rule before a type", row(1, name=None, amount="x"), "no_name"),
        ("a rule that is null does not reject", row(1, amount=None), None),
        ("a type before a missing key", row(None, amount="x"), "type_amount"),
        ("a missing key", row(None), "missing_key"),
    ],
)
def test_the_first_reason_counts(
    spark: SparkSession, case: str, given: tuple[Any, ...], reason: str | None
) -> None:
    result = conform(source(spark, given), contract(rules=RULES), ["ID"]).collect()[0]

    assert result[REASON] == reason, case


def test_a_rejected_row_keeps_its_source_as_json_and_an_accepted_one_does_not(
    spark: SparkSession,
) -> None:
    rows = source(spark, row(1, name=None, amount="x"), row(2))

    rejected, accepted = conform(rows, contract(), ["ID"]).orderBy("thing_id").collect()

    assert json.loads(rejected[SOURCE_KEY]) == {"ID": 1}
    kept = json.loads(rejected[SOURCE_ROW])
    assert (kept["NAME"], kept["AMOUNT"]) == (None, "x")
    assert "extraction_timestamp" not in kept
    assert (accepted[SOURCE_KEY], accepted[SOURCE_ROW]) == (None, None)


def test_a_surrogate_key_depends_on_the_key_alone(spark: SparkSession) -> None:
    table = contract(surrogate_key="thing_key")
    rows = source(spark, row(7, name="a"), row(7, name="b"), row(8))

    keys = [r["thing_key"] for r in conform(rows, table, ["ID"]).orderBy("thing_id").collect()]

    expected = spark.sql("select xxhash64('7') as one, xxhash64('8') as other").collect()[0]
    assert keys == [expected["one"], expected["one"], expected["other"]]


def test_a_struct_is_built_as_its_type_says(spark: SparkSession) -> None:
    table = contract(
        **typed("named_struct('street', NAME, 'zip', AMOUNT)", "struct<street:string,zip:string>")
    )

    result = conform(source(spark, row(1, name="x", amount="9")), table, ["ID"]).collect()[0]

    assert result["value"].asDict() == {"street": "x", "zip": "9"}


def test_a_null_and_an_empty_text_are_not_the_same_thing(spark: SparkSession) -> None:
    table = contract(deduplicate={"by": ["NAME", "AMOUNT"], "keep_first_by": ["ID"]})
    rows = source(
        spark,
        row(1, name=None, amount="1"),
        row(2, name="1", amount=None),
        row(3, name="1", amount=None),
    )

    one, two, three = (
        r["_same_as"] for r in conform(rows, table, ["ID"]).orderBy("thing_id").collect()
    )

    assert one != two
    assert two == three


@pytest.mark.parametrize(
    ("overrides", "culprit"),
    [
        ({"columns": [{"name": "gone", "type": "string"}], "key": ["gone"]}, "column gone"),
        (typed("NAME +", "int"), "column value"),
        (typed("UPDATED_AT", "boolean"), "column value"),
        ({"rules": [{"reason": "odd", "reject_when": "NOT_THERE = 1"}]}, "rule odd"),
        ({"order_by": ["NOT_THERE"]}, "order_by"),
        ({"deduplicate": {"by": ["NOPE"], "keep_first_by": ["ID"]}}, "deduplicate"),
    ],
)
def test_an_expression_that_does_not_fit_the_source_is_named(
    spark: SparkSession, overrides: dict[str, Any], culprit: str
) -> None:
    with pytest.raises(
        TerminalError, match=f"silver table things from query things: {culprit} does"
    ):
        conform(source(spark, row(1)), contract(**overrides), ["ID"])


@pytest.mark.parametrize(
    ("nanos", "expected"),
    [
        (1_000, "1970-01-01 00:00:00.000001"),
        (1_999, "1970-01-01 00:00:00.000001"),
        (-1, "1969-12-31 23:59:59.999999"),
        (1_767_225_600_123_456_789, "2026-01-01 00:00:00.123456"),
        (None, None),
    ],
)
def test_nanoseconds_are_cut_to_microseconds_downwards(
    spark: SparkSession, nanos: int | None, expected: str | None
) -> None:
    rows = frame(spark, [(nanos,)], "T bigint")
    column: Any = {"name": "T", "type": "TIMESTAMP_NTZ(9)", "parquetType": "TIMESTAMP_NS"}

    result = utc_timestamps(rows, [column]).selectExpr("cast(T as string) as t").collect()[0]

    assert result["t"] == expected


def test_a_bigint_that_is_no_time_stays_one(spark: SparkSession) -> None:
    rows = frame(spark, [(5,)], "T bigint")
    column: Any = {"name": "T", "type": "NUMBER(18,0)", "parquetType": "BIGINT"}

    assert utc_timestamps(rows, [column]).collect()[0]["T"] == 5
