"""What becomes of rows that went at the source, in tables with and without history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from shop import CUSTOMERS, ORDERS, Shop, by_table, customers, orders

from pipeline.errors import TerminalError

if TYPE_CHECKING:
    from emulator import Lake
    from pyspark.sql import SparkSession

HISTORY = (
    "customer_id",
    "cast(effective_from as string)",
    "cast(effective_to as string)",
    "is_current",
    "name",
)


def changed(there: pa.Table, *gone: Any) -> pa.Table:
    """The rows that are there, then one for each key that went, as the extraction writes them."""
    rows = there.append_column("_change", pa.array(["upsert"] * there.num_rows, pa.string()))
    moment = there["extraction_timestamp"][0].as_py()
    given = {"extraction_timestamp": moment, "source_system": "shop", "_change": "delete"}
    deleted = [{**given, "ID": key} for key in gone]
    return pa.concat_tables([rows, pa.Table.from_pylist(deleted, schema=rows.schema)])


@pytest.fixture
def shop(spark: SparkSession, lake: Lake) -> Shop:
    plain = {name: value for name, value in ORDERS.items() if name != "deduplicate"}
    made = Shop(spark, lake, silver=[CUSTOMERS, plain])
    made.put(
        "i1",
        customers=changed(
            customers("2026-02-01", ("c1", "Ann", "2026-01-01"), ("c2", "Bob", "2026-01-01"))
        ),
        orders=changed(
            orders("2026-02-01", (1, "c1", "10.00", "2026-01-01"), (2, "c1", "5.00", "2026-01-01"))
        ),
    )
    made.put(
        "i2",
        customers=changed(customers("2026-02-02", ("c1", "Anna", "2026-01-03")), "c2"),
        orders=changed(orders("2026-02-02", (3, "c1", "7.00", "2026-01-04")), 2, 99),
    )
    made.put(
        "i3",
        customers=changed(customers("2026-02-03", ("c2", "Bob", "2026-02-03"))),
        orders=changed(orders("2026-02-03", (2, "c1", "5.00", "2026-01-01")), 3),
    )
    return made


def test_a_deleted_row_is_gone_and_every_row_is_accounted_for(shop: Shop) -> None:
    shop.silver("i1")

    report = by_table(shop.silver("i2"))["fact_orders"]

    assert [row[0] for row in shop.rows("silver", "fact_orders", "order_id")] == [1, 3]
    counts = ("read", "accepted", "inserted", "deleted", "rows")
    assert [report[name] for name in counts] == [3, 3, 1, 1, 2]


def test_a_key_that_came_back_is_there_again(shop: Shop) -> None:
    for interval in ("i1", "i2", "i3"):
        shop.silver(interval)

    assert [row[0] for row in shop.rows("silver", "fact_orders", "order_id")] == [1, 2]


def test_a_deletion_closes_the_current_version(shop: Shop) -> None:
    shop.silver("i1")
    shop.silver("i2")

    assert shop.rows("silver", "dim_customers", *HISTORY) == [
        ("C1", "2026-01-01 00:00:00", "2026-01-03 00:00:00", False, "Ann"),
        ("C1", "2026-01-03 00:00:00", None, True, "Anna"),
        ("C2", "2026-01-01 00:00:00", "2026-02-02 00:00:00", False, "Bob"),
    ]


def test_a_closed_version_stays_closed_when_the_key_comes_back_or_an_interval_runs_again(
    shop: Shop,
) -> None:
    for interval in ("i1", "i2", "i3"):
        shop.silver(interval)
    expected = [
        ("C2", "2026-01-01 00:00:00", "2026-02-02 00:00:00", False, "Bob"),
        ("C2", "2026-02-03 00:00:00", None, True, "Bob"),
    ]
    assert shop.rows("silver", "dim_customers", *HISTORY)[2:] == expected

    for interval in ("i2", "i1"):
        shop.silver(interval)

    assert shop.rows("silver", "dim_customers", *HISTORY)[2:] == expected


def test_without_valid_from_an_equal_version_after_a_deletion_is_a_new_one(
    spark: SparkSession, lake: Lake
) -> None:
    contract = {name: value for name, value in CUSTOMERS.items() if name != "valid_from"}
    shop = Shop(spark, lake, silver=[contract])
    row = ("c1", "Ann", "2026-01-01")
    other = ("c2", "Bob", "2026-01-01")
    shop.put("i1", customers=changed(customers("2026-02-01", row, other)))
    shop.put("i2", customers=changed(customers("2026-02-02", other), "c1"))
    shop.put("i3", customers=changed(customers("2026-02-03", row)))

    for interval in ("i1", "i2", "i3"):
        shop.silver(interval)

    assert shop.rows("silver", "dim_customers", *HISTORY) == [
        ("C1", "2026-02-01 00:00:00", "2026-02-02 00:00:00", False, "Ann"),
        ("C1", "2026-02-03 00:00:00", None, True, "Ann"),
        ("C2", "2026-02-01 00:00:00", None, True, "Bob"),
    ]


def test_a_table_whose_key_needs_more_than_the_sources_key_is_refused(
    spark: SparkSession, lake: Lake
) -> None:
    contract = {**ORDERS, "key": ["customer_id"]}
    del contract["deduplicate"]
    shop = Shop(spark, lake, silver=[contract])
    shop.put("i1", orders=changed(orders("2026-02-01", (1, "c1", "1.00", "2026-01-01")), 2))

    with pytest.raises(TerminalError, match="1 deleted rows of query orders have no customer_id"):
        shop.silver("i1")


def test_a_column_that_came_later_is_null_in_the_files_before_it(
    spark: SparkSession, lake: Lake
) -> None:
    shop = Shop(spark, lake, silver=[CUSTOMERS])
    older = customers("2026-02-01", ("c1", "Ann", "2026-01-01")).drop_columns(["NAME"])
    shop.put("i1", customers=older)
    shop.put("i2", customers=customers("2026-02-02", ("c2", "Bob", "2026-01-01")))
    both = [*shop.manifests["i1"], *shop.manifests["i2"]]
    shop.lake.put_interval("i3", both)

    report = by_table(shop.silver("i3"))["dim_customers"]

    assert report["rejects"] == {"no_name": 1}
    assert [row[4] for row in shop.rows("silver", "dim_customers", *HISTORY)] == ["Bob"]
