"""A small shop in a lake: two tables, three intervals, and its jobs run in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from contracts import at
from emulator import ARTIFACTS, LAKE
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.exceptions import NoSuchTableError

from pipeline.job_args import JobArgs
from pipeline.runs import run_gold, run_score, run_silver

if TYPE_CHECKING:
    from emulator import Lake
    from pyiceberg.table import Table
    from pyspark.sql import SparkSession

CUSTOMERS = {
    "table": "dim_customers",
    "source": "customers",
    "key": ["customer_id"],
    "surrogate_key": "customer_key",
    "history": "scd2",
    "valid_from": "updated_at",
    "order_by": ["UPDATED_AT"],
    "columns": [
        {"name": "customer_id", "type": "string", "expression": "upper(trim(ID))"},
        {"name": "name", "type": "string", "expression": "trim(NAME)"},
        {"name": "updated_at", "type": "timestamp"},
    ],
    "rules": [{"reason": "no_name", "reject_when": "NAME is null"}],
}
ORDERS = {
    "table": "fact_orders",
    "source": "orders",
    "key": ["order_id"],
    "order_by": ["UPDATED_AT"],
    "columns": [
        {"name": "order_id", "type": "bigint", "expression": "ID"},
        {"name": "customer_id", "type": "string", "expression": "upper(trim(CUSTOMER_ID))"},
        {"name": "amount", "type": "decimal(10,2)", "expression": "AMOUNT"},
        {"name": "updated_at", "type": "timestamp"},
    ],
    "rules": [{"reason": "free", "reject_when": "try_cast(AMOUNT as double) = 0"}],
    "deduplicate": {"by": ["CUSTOMER_ID", "AMOUNT", "PLACED_AT"], "keep_first_by": ["ID"]},
}
TOTALS = """
/* totals: reads ${gold}.nothing only in this comment */
select o.customer_id, count(*) as orders, sum(o.amount) as amount,
       cast(avg(o.amount) as double) as mean_amount, date '${as_of}' as analysis_date
from ${silver}.fact_orders o group by o.customer_id
"""
GOLD = [
    {
        "table": "ranking",
        "grain": "one row per customer",
        "key": ["customer_id"],
        "sql": "select customer_id, rank() over (order by amount desc) as place "
        "from ${gold}.totals",
    },
    {"table": "totals", "grain": "one row per customer", "key": ["customer_id"], "sql": TOTALS},
]
CHECKS = [
    {"name": "schema", "layer": "silver", "table": "dim_customers", "kind": "schema"},
    {
        "name": "known",
        "layer": "silver",
        "table": "fact_orders",
        "kind": "reference",
        "column": "customer_id",
        "to_table": "dim_customers",
        "to_column": "customer_id",
    },
    {"name": "rejects", "layer": "silver", "table": "fact_orders", "kind": "reject_share"},
]


def customers(extracted: str, *rows: tuple[str, str | None, str]) -> pa.Table:
    """Rows of (id, name, updated)."""
    return _bronze(
        extracted,
        ID=[row[0] for row in rows],
        NAME=pa.array([row[1] for row in rows], pa.string()),
        UPDATED_AT=[row[2] for row in rows],
    )


def orders(extracted: str, *rows: tuple[int, str, str | None, str]) -> pa.Table:
    """Rows of (id, customer, amount, updated)."""
    return _bronze(
        extracted,
        ID=[row[0] for row in rows],
        CUSTOMER_ID=[row[1] for row in rows],
        AMOUNT=pa.array([row[2] for row in rows], pa.string()),
        PLACED_AT=["2026-01-01"] * len(rows),
        UPDATED_AT=[row[3] for row in rows],
    )


def _bronze(extracted: str, **columns: Any) -> pa.Table:
    length = len(columns["ID"])
    times = pa.timestamp("us")
    moments = {name: values for name, values in columns.items() if name.endswith("_AT")}
    columns |= {
        name: pa.array([at(value).replace(tzinfo=None) for value in values], times)
        for name, values in moments.items()
    }
    moment = at(extracted).replace(tzinfo=None)
    columns["extraction_timestamp"] = pa.array([moment] * length, times)
    columns["source_system"] = pa.array(["shop"] * length, pa.string())
    return pa.table(columns)


INTERVALS: dict[str, dict[str, pa.Table]] = {
    "i1": {
        "customers": customers(
            "2026-02-01", ("c1", "Ann", "2026-01-01"), ("c2", None, "2026-01-01")
        ),
        "orders": orders(
            "2026-02-01",
            (1, "c1", "10.00", "2026-01-01"),
            (2, "c1", "10.00", "2026-01-01"),
            (3, "c2", "x", "2026-01-01"),
            (4, "c1", "0", "2026-01-01"),
            (5, "c1", "7.50", "2026-01-01"),
        ),
    },
    "i2": {
        "customers": customers(
            "2026-02-02", ("c1", "Anna", "2026-01-03"), ("c2", "Bob", "2026-01-03")
        ),
        "orders": orders(
            "2026-02-02",
            (5, "c1", "8.50", "2026-01-04"),
            (6, "c2", "20.00", "2026-01-04"),
            (4, "c1", "0", "2026-01-01"),
        ),
    },
    "i3": {
        "customers": customers("2026-02-03", ("c1", "Late", "2026-01-02")),
        "orders": orders("2026-02-03"),
    },
}


class Shop:
    """The pipeline, its intervals in bronze, and what its tables hold."""

    def __init__(self, spark: SparkSession, lake: Lake, **overrides: Any) -> None:
        self.spark, self.lake = spark, lake
        document = {
            "name": lake.prefix,
            "silver": [CUSTOMERS, ORDERS],
            "gold": GOLD,
            "checks": CHECKS,
            **overrides,
        }
        self.pipeline_key = lake.put_json(ARTIFACTS, f"pipelines/{lake.prefix}/p.json", document)
        self.manifests: dict[str, list[dict[str, Any]]] = {}

    def put(self, interval: str, **tables: pa.Table) -> None:
        """Writes an interval to bronze; its day is its extraction's."""
        manifests = []
        for query, table in (tables or INTERVALS[interval]).items():
            files = [table] if table.num_rows else []
            day = f"2026-02-0{interval[-1]}"
            window = {"from": None, "to": f"{day} 00:00:00.000000000"}
            run_id = f"{query}-{interval}"
            manifests.append(self.lake.put_bronze(query, run_id, files, window=window))
        self.manifests[interval] = manifests
        self.lake.put_interval(interval, manifests)

    def args(self, interval: str, **extra: Any) -> JobArgs:
        return JobArgs(
            pipeline_key=self.pipeline_key,
            interval_key=f"intervals/{self.lake.prefix}/{interval}.json",
            lake_bucket=LAKE,
            artifacts_bucket=ARTIFACTS,
            database_prefix=self.lake.prefix,
            run_id=f"run-{interval}",
            **extra,
        )

    def silver(self, interval: str) -> dict[str, Any]:
        run_silver(self.spark, self.args(interval))
        return self.report(interval, "silver")

    def gold(self, interval: str, *, training_data: bool = False) -> dict[str, Any]:
        run_gold(self.spark, self.args(interval, training_data=training_data))
        return self.report(interval, "gold")

    def score(self, interval: str, model_key: str) -> None:
        run_score(self.spark, self.args(interval, model_key=model_key))

    def report(self, interval: str, layer: str) -> dict[str, Any]:
        key = f"quality/{self.lake.prefix}/{interval}/{layer}.report.json"
        return self.lake.get_json(ARTIFACTS, key)

    def rows(self, layer: str, table: str, *columns: str) -> list[tuple[Any, ...]]:
        name = f"lake.{self.lake.prefix}_{layer}.{table}"
        self.spark.sql(f"refresh table {name}")
        chosen = self.spark.table(name).selectExpr(*(columns or ("*",)))
        return sorted((tuple(row) for row in chosen.collect()), key=repr)

    def snapshots(self, layer: str, table: str) -> int:
        name = f"lake.{self.lake.prefix}_{layer}.{table}"
        return self.spark.sql(f"select * from {name}.snapshots").count()

    def read_by_pyiceberg(self, layer: str, table: str) -> pa.Table:
        """The rows as a reader that shares nothing with Spark sees them."""
        opened = self.open_by_pyiceberg(layer, table)
        assert opened is not None
        return opened.scan().to_arrow()

    def open_by_pyiceberg(self, layer: str, table: str) -> Table | None:
        """The table as another reader sees it; None when there is none."""
        properties = {
            "glue.endpoint": self.lake.endpoint,
            "s3.endpoint": self.lake.endpoint,
            "glue.region": "us-east-1",
            "s3.region": "us-east-1",
            "s3.access-key-id": "test",
            "s3.secret-access-key": "test",
        }
        try:
            return GlueCatalog("lake", **properties).load_table(
                (f"{self.lake.prefix}_{layer}", table)
            )
        except NoSuchTableError:
            return None


def by_table(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {table["table"]: table for table in report["tables"]}


def measured(report: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {one["check"]: (one["failing"], one["total"]) for one in report["measurements"]}
