"""What a batch would change, decided over frames: the newest version, duplicates, histories."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from contracts import contract, frame, row, source

from pipeline.bronze import LINEAGE
from pipeline.conform import REASON, conform
from pipeline.contract import (
    EFFECTIVE_FROM,
    HISTORY_COLUMNS,
    business_columns,
    keeps_history,
    row_identity,
    technical_columns,
)
from pipeline.current import plan_current
from pipeline.history import effective_from, plan_history
from pipeline.plan import OP, REMOVED, WRITTEN
from pipeline.session import configure
from pipeline.versions import RANK, rank_versions

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Row, SparkSession

    from pipeline.documents import SilverTable

SAME_THING = {"by": ["NAME", "AMOUNT"], "keep_first_by": ["ID"]}


@pytest.fixture(autouse=True)
def _settings(spark: SparkSession) -> None:
    configure(spark, {})


class Table:
    """A table kept in memory: batches are planned against it and applied as MERGE applies them."""

    def __init__(self, spark: SparkSession, table: SilverTable) -> None:
        self.spark, self.table = spark, table
        self.rows: dict[tuple[Any, ...], Row] = {}
        self.schema: Any = None
        self.operations: dict[str, int] = {}

    def load(self, *rows: tuple[Any, ...]) -> None:
        newest = self._newest(conform(source(self.spark, *rows), self.table, ["ID"]))
        planned = plan_history if keeps_history(self.table) else plan_current
        plan = planned(newest, self._stored(), self.table)
        self._apply(plan)

    def _newest(self, conformed: DataFrame) -> DataFrame:
        accepted = conformed.where(f"{REASON} is null")
        accepted = accepted.select(
            *business_columns(self.table), *technical_columns(self.table), *LINEAGE
        )
        if keeps_history(self.table):
            accepted = accepted.withColumn(EFFECTIVE_FROM, effective_from(self.table))
        ranked = rank_versions(accepted, self.table, row_identity(self.table))
        return ranked.where(f"{RANK} = 1").drop(RANK)

    def _stored(self) -> DataFrame | None:
        return frame(self.spark, self.rows.values(), self.schema) if self.rows else None

    def _apply(self, plan: DataFrame) -> None:
        history = HISTORY_COLUMNS if keeps_history(self.table) else []
        columns = [*business_columns(self.table), *history, *technical_columns(self.table)]
        self.schema = plan.select(*columns).schema
        self.operations = {}
        for planned in plan.select(*columns, OP).collect():
            operation = planned[OP]
            self.operations[operation] = self.operations.get(operation, 0) + 1
            kept = planned[: len(columns)]
            identity = tuple(planned[name] for name in row_identity(self.table))
            if operation in WRITTEN:
                self.rows[identity] = kept
            elif operation in REMOVED:
                del self.rows[identity]

    def values(self, *names: str) -> list[tuple[Any, ...]]:
        stored = self._stored()
        return sorted(tuple(r) for r in stored.selectExpr(*names).collect()) if stored else []


def test_the_newest_version_of_a_key_is_kept(spark: SparkSession) -> None:
    table = Table(spark, contract())

    table.load(
        row(1, "old", updated="2026-01-01"),
        row(1, "new", updated="2026-01-03"),
        row(1, "middle", updated="2026-01-02"),
        row(2, "other"),
    )

    assert table.values("thing_id", "name") == [(1, "new"), (2, "other")]


def test_without_order_the_last_extraction_is_the_newest(spark: SparkSession) -> None:
    table = Table(spark, contract(order_by=[]))

    table.load(row(1, "later", extracted="2026-02-02"))
    table.load(row(1, "earlier", extracted="2026-02-01"))

    assert table.values("name") == [("later",)]


def test_rows_that_are_the_same_again_change_nothing(spark: SparkSession) -> None:
    table = Table(spark, contract())
    rows = [row(1, "a"), row(2, "b")]
    table.load(*rows)

    table.load(*rows)

    assert table.operations == {"same": 2}


def test_the_same_values_from_a_later_extraction_change_nothing(spark: SparkSession) -> None:
    table = Table(spark, contract())
    table.load(row(1, "a", extracted="2026-02-01"))

    table.load(row(1, "a", extracted="2026-02-02"))

    assert table.operations == {"same": 1}


def test_a_version_older_than_the_stored_one_changes_nothing(spark: SparkSession) -> None:
    table = Table(spark, contract())
    table.load(row(1, "new", updated="2026-01-02"))

    table.load(row(1, "old", updated="2026-01-01", extracted="2026-02-09"))

    assert table.operations == {"same": 1}
    assert table.values("name") == [("new",)]


def test_a_null_in_the_order_is_older_than_anything(spark: SparkSession) -> None:
    table = Table(spark, contract(order_by=["try_cast(AMOUNT as int)"]))
    table.load(row(1, "dated", amount="5"))

    table.load(row(1, "undated", amount=None, extracted="2026-02-09"))

    assert table.values("name") == [("dated",)]


def test_of_things_that_are_the_same_the_first_is_kept(spark: SparkSession) -> None:
    table = Table(spark, contract(deduplicate=SAME_THING))

    table.load(row(3, "a"), row(1, "a"), row(2, "a"), row(4, "b"))

    assert table.values("thing_id") == [(1,), (4,)]
    assert table.operations == {"insert": 2, "repeat": 2}


def test_a_duplicate_of_a_stored_row_is_found(spark: SparkSession) -> None:
    table = Table(spark, contract(deduplicate=SAME_THING))
    table.load(row(1, "a"))

    table.load(row(2, "a"))

    assert table.values("thing_id") == [(1,)]
    assert table.operations == {"repeat": 1}


def test_a_stored_row_gives_way_to_an_earlier_one_of_the_same_thing(spark: SparkSession) -> None:
    table = Table(spark, contract(deduplicate=SAME_THING))
    table.load(row(2, "a"))

    table.load(row(1, "a"))

    assert table.values("thing_id") == [(1,)]
    assert table.operations == {"insert": 1, "displace": 1}


def test_a_stored_row_that_becomes_the_same_as_another_is_withdrawn(spark: SparkSession) -> None:
    table = Table(spark, contract(deduplicate=SAME_THING))
    table.load(row(1, "a"), row(2, "b"))

    table.load(row(2, "a", updated="2026-01-02"))

    assert table.values("thing_id") == [(1,)]
    assert table.operations == {"withdraw": 1}


BATCHES = [
    [row(1, "a", updated="2026-01-01", extracted="2026-02-01"), row(2, "x")],
    [row(1, "b", updated="2026-01-02", extracted="2026-02-02"), row(5, "same", amount="3")],
    [row(1, "c", updated="2026-01-03", extracted="2026-02-03"), row(4, "same", amount="3")],
    [row(1, "a", updated="2026-01-01", extracted="2026-02-04")],
]
ORDERS = list(itertools.permutations(range(4)))[4::15]


@pytest.mark.parametrize("order", ORDERS)
def test_the_order_in_which_intervals_come_makes_no_difference(
    spark: SparkSession, order: tuple[int, ...]
) -> None:
    table = contract(deduplicate=SAME_THING)
    in_order, shuffled = Table(spark, table), Table(spark, table)
    for batch in BATCHES:
        in_order.load(*batch)

    for at in [*order, *order]:
        shuffled.load(*BATCHES[at])

    assert shuffled.values("*") == in_order.values("*")
    assert in_order.values("thing_id", "name") == [(1, "c"), (2, "x"), (4, "same")]


SCD2 = {"history": "scd2", "valid_from": "updated_at"}
VERSIONS = [
    row(1, "a", updated="2026-01-01", extracted="2026-02-01"),
    row(1, "b", updated="2026-01-05", extracted="2026-02-02"),
    row(1, "c", updated="2026-01-03", extracted="2026-02-03"),
    row(1, "d", updated="2026-01-09", extracted="2026-02-04"),
]
HISTORY = [
    ("2026-01-01", "2026-01-03", False, "a"),
    ("2026-01-03", "2026-01-05", False, "c"),
    ("2026-01-05", "2026-01-09", False, "b"),
    ("2026-01-09", None, True, "d"),
]
SHOWN = [
    "cast(to_date(effective_from) as string)",
    "cast(to_date(effective_to) as string)",
    "is_current",
    "name",
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::8])
def test_a_late_version_finds_its_place_in_the_history(
    spark: SparkSession, order: tuple[int, ...]
) -> None:
    table = Table(spark, contract(**SCD2))

    for at in order:
        table.load(VERSIONS[at])

    assert table.values(*SHOWN) == HISTORY


def test_versions_of_one_batch_make_the_same_history(spark: SparkSession) -> None:
    table = Table(spark, contract(**SCD2))

    table.load(*VERSIONS)

    assert table.values(*SHOWN) == HISTORY


def test_a_new_version_closes_the_one_before_and_touches_no_other(spark: SparkSession) -> None:
    table = Table(spark, contract(**SCD2))
    table.load(*VERSIONS[:3], row(2, "z"))

    table.load(VERSIONS[3])

    assert table.operations == {"insert": 1, "update": 1, "same": 2}


def test_a_version_that_comes_again_changes_nothing(spark: SparkSession) -> None:
    table = Table(spark, contract(**SCD2))
    table.load(*VERSIONS)

    table.load(row(1, "c", updated="2026-01-03", extracted="2026-02-09"))

    assert table.operations == {"same": 4}


def test_a_correction_of_an_instant_takes_its_place(spark: SparkSession) -> None:
    table = Table(spark, contract(**SCD2))
    table.load(*VERSIONS)

    table.load(row(1, "C", updated="2026-01-03", extracted="2026-02-09"))

    assert [shown[3] for shown in table.values(*SHOWN)] == ["a", "C", "b", "d"]
    assert table.operations == {"same": 3, "update": 1}


def test_without_valid_from_equal_versions_that_follow_each_other_are_one(
    spark: SparkSession,
) -> None:
    table = Table(spark, contract(history="scd2", order_by=[]))

    for day, name in enumerate(["a", "a", "b", "b", "a"], start=1):
        table.load(row(1, name, extracted=f"2026-02-0{day}"))

    assert table.values(*SHOWN) == [
        ("2026-02-01", "2026-02-03", False, "a"),
        ("2026-02-03", "2026-02-05", False, "b"),
        ("2026-02-05", None, True, "a"),
    ]


def test_two_instants_within_a_second_are_two_versions(spark: SparkSession) -> None:
    table = Table(spark, contract(**SCD2))

    table.load(
        row(1, "a", updated="2026-01-01 00:00:00.000001"),
        row(1, "b", updated="2026-01-01 00:00:00.000002"),
    )

    assert table.values("name", "is_current") == [("a", False), ("b", True)]
