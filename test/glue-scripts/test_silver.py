"""The silver job over a lake: what it writes, that it writes it once, and how it fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from emulator import LAKE
from shop import CUSTOMERS, ORDERS, Shop, by_table, measured, orders

from pipeline.errors import TerminalError

if TYPE_CHECKING:
    from emulator import Lake
    from pyspark.sql import SparkSession

SILVER = ("dim_customers", "fact_orders", "rejects")
REJECTED = ("table_name", "reason", "key", "row")


@pytest.fixture
def shop(spark: SparkSession, lake: Lake) -> Shop:
    made = Shop(spark, lake)
    for interval in ("i1", "i2", "i3"):
        made.put(interval)
    return made


def contents(shop: Shop) -> dict[str, list[tuple[Any, ...]]]:
    return {
        **{table: shop.rows("silver", table) for table in SILVER[:2]},
        "rejects": shop.rows("silver", "rejects", *REJECTED, "extraction_timestamp", "row_hash"),
    }


def test_every_row_is_accepted_a_duplicate_or_rejected_with_a_reason(shop: Shop) -> None:
    report = by_table(shop.silver("i1"))

    assert report["fact_orders"]["read"] == 5
    assert report["fact_orders"]["accepted"] == 2
    assert report["fact_orders"]["duplicates"] == 1
    assert report["fact_orders"]["rejects"] == {"free": 1, "type_amount": 1}
    assert report["dim_customers"]["rejects"] == {"no_name": 1}
    assert shop.rows("silver", "fact_orders", "order_id", "cast(amount as string)") == [
        (1, "10.00"),
        (5, "7.50"),
    ]


def test_rejects_say_what_why_and_from_where(shop: Shop) -> None:
    shop.silver("i1")

    rejects = {row[1]: row for row in shop.rows("silver", "rejects", *REJECTED, "run_id", "file")}

    table, _, key, row, run_id, file = rejects["type_amount"]
    assert (table, json.loads(key), run_id) == ("fact_orders", {"ID": 3}, "orders-i1")
    assert json.loads(row)["AMOUNT"] == "x"
    assert file == shop.manifests["i1"][1]["files"][0]["key"]
    assert json.loads(rejects["duplicate"][2]) == {"order_id": 2}
    assert sorted(rejects) == ["duplicate", "free", "no_name", "type_amount"]


def test_a_second_interval_moves_only_what_changed(shop: Shop) -> None:
    shop.silver("i1")

    report = by_table(shop.silver("i2"))

    orders_report, customers_report = report["fact_orders"], report["dim_customers"]
    counts = ("inserted", "updated", "deleted", "unchanged", "rows")
    assert [orders_report[name] for name in counts] == [1, 1, 0, 0, 3]
    assert [customers_report[name] for name in counts] == [2, 1, 0, 0, 3]
    assert len(shop.rows("silver", "rejects")) == 4


def test_an_interval_that_runs_again_changes_no_row_and_makes_no_snapshot(shop: Shop) -> None:
    for interval in ("i1", "i2", "i3"):
        shop.silver(interval)
    before = contents(shop), [shop.snapshots("silver", table) for table in SILVER]

    for interval in ("i2", "i1"):
        report = by_table(shop.silver(interval))

    after = contents(shop), [shop.snapshots("silver", table) for table in SILVER]
    assert after == before
    assert report["fact_orders"]["unchanged"] == report["fact_orders"]["accepted"] == 2


def test_intervals_in_another_order_give_equal_tables(
    spark: SparkSession, lake: Lake, shop: Shop
) -> None:
    for interval in ("i1", "i2", "i3"):
        shop.silver(interval)
    in_order = contents(shop)
    other = Shop(spark, type(lake)(lake.endpoint, f"{lake.prefix}x"))
    other.lake.create()
    for interval in ("i1", "i2", "i3"):
        other.put(interval)

    for interval in ("i3", "i2", "i1"):
        other.silver(interval)

    assert contents(other) == in_order


def test_a_late_version_of_a_customer_lies_between_the_others(shop: Shop) -> None:
    for interval in ("i1", "i2", "i3"):
        shop.silver(interval)

    history = shop.rows(
        "silver",
        "dim_customers",
        "customer_id",
        "cast(effective_from as string)",
        "cast(effective_to as string)",
        "is_current",
        "name",
    )

    assert history == [
        ("C1", "2026-01-01 00:00:00", "2026-01-02 00:00:00", False, "Ann"),
        ("C1", "2026-01-02 00:00:00", "2026-01-03 00:00:00", False, "Late"),
        ("C1", "2026-01-03 00:00:00", None, True, "Anna"),
        ("C2", "2026-01-03 00:00:00", None, True, "Bob"),
    ]


def test_an_interval_without_rows_makes_the_tables_and_a_report(shop: Shop) -> None:
    shop.put("i9", orders=orders("2026-02-09"))

    report = shop.silver("i9")

    assert [(t["table"], t["rows"], t["read"]) for t in report["tables"]] == [
        ("dim_customers", 0, 0),
        ("fact_orders", 0, 0),
    ]
    assert shop.silver("i1")["tables"][1]["rows"] == 2


def test_checks_are_measured_where_the_data_is(shop: Shop) -> None:
    shop.silver("i1")

    assert measured(shop.report("i1", "silver")) == {
        "schema": (0, 7),
        "known": (0, 2),
        "rejects": (2, 5),
    }


def test_a_snapshot_is_stamped_with_interval_and_run(shop: Shop) -> None:
    shop.silver("i1")

    name = f"lake.{shop.lake.prefix}_silver.fact_orders"
    summary = shop.spark.sql(f"select summary from {name}.snapshots").collect()[0]["summary"]

    assert (summary["snowmelt.interval"], summary["snowmelt.run-id"]) == ("i1", "run-i1")


def test_another_reader_sees_the_rows_that_a_merge_left(shop: Shop) -> None:
    shop.silver("i1")
    shop.silver("i2")

    table = shop.read_by_pyiceberg("silver", "fact_orders").sort_by("order_id")

    assert table["order_id"].to_pylist() == [1, 5, 6]
    assert [str(amount) for amount in table["amount"].to_pylist()] == ["10.00", "8.50", "20.00"]


def test_a_file_that_is_gone_fails_the_job_by_name(shop: Shop) -> None:
    file = shop.manifests["i1"][1]["files"][0]["key"]
    shop.lake.s3.delete_object(Bucket=LAKE, Key=file)

    with pytest.raises(TerminalError, match=f"{file}: it does not exist"):
        shop.silver("i1")


@pytest.mark.parametrize(
    ("case", "damage", "message"),
    [
        ("cut short", lambda body: body[:100], "it has 100 bytes"),
        ("overwritten", lambda body: b"x" * len(body), "is missing or is not a whole Parquet"),
    ],
)
def test_a_damaged_file_fails_the_job_by_name(
    shop: Shop, case: str, damage: Any, message: str
) -> None:
    file = shop.manifests["i1"][1]["files"][0]["key"]
    body = shop.lake.s3.get_object(Bucket=LAKE, Key=file)["Body"].read()
    shop.lake.s3.put_object(Bucket=LAKE, Key=file, Body=damage(body))

    with pytest.raises(TerminalError) as failure:
        shop.silver("i1")

    assert message in str(failure.value), case
    assert file in str(failure.value)


def test_fewer_rows_than_the_manifest_says_fail_the_job(shop: Shop) -> None:
    manifest = shop.manifests["i1"][1]
    shop.lake.put_json(LAKE, manifest["manifestKey"], {**manifest, "rows": 6})

    with pytest.raises(TerminalError, match="hold 5 rows, their manifests say 6"):
        shop.silver("i1")


def test_a_value_that_an_expression_cannot_take_fails_the_job_without_showing_it(
    spark: SparkSession, lake: Lake
) -> None:
    columns = [
        *ORDERS["columns"][:2],
        {"name": "amount", "type": "int", "expression": "cast(AMOUNT as int)"},
    ]
    shop = Shop(spark, lake, silver=[{**ORDERS, "columns": columns, "rules": []}])
    shop.put("i1")

    with pytest.raises(TerminalError, match="CAST_INVALID_INPUT") as failure:
        shop.silver("i1")

    assert "'x'" not in str(failure.value)


def test_a_contract_that_changed_under_a_table_with_data_is_refused(
    spark: SparkSession, lake: Lake, shop: Shop
) -> None:
    shop.silver("i1")
    changed = {
        **CUSTOMERS,
        "columns": [*CUSTOMERS["columns"], {"name": "more", "type": "int", "expression": "1"}],
    }
    other = Shop(spark, lake, silver=[changed])

    with pytest.raises(TerminalError, match=r"not those of the contract \(more\)"):
        other.silver("i1")
