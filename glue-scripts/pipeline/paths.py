"""Names of tables, objects and folders, kept in one place because other stages read them too."""

from __future__ import annotations

CATALOG = "lake"
REJECTS = "rejects"


def table_name(prefix: str, layer: str, table: str) -> str:
    """Spark's name of a table of a layer, for example `lake.snowmelt_local_silver.fact_orders`."""
    return f"{database_name(prefix, layer)}.{table}"


def database_name(prefix: str, layer: str) -> str:
    """Spark's name of a layer's Glue database."""
    return f"{CATALOG}.{prefix}_{layer}"


def table_location(lake_bucket: str, layer: str, table: str) -> str:
    """The folder that a table's data and metadata live in."""
    return f"s3://{lake_bucket}/{layer}/{table}"


def object_url(bucket: str, key: str) -> str:
    """An object's address as Spark reads it."""
    return f"s3://{bucket}/{key}"


def report_key(pipeline: str, interval: str, layer: str) -> str:
    """Where a job writes what it did and measured (artifacts bucket)."""
    return f"quality/{pipeline}/{interval}/{layer}.report.json"


def training_data_prefix(pipeline: str, interval: str) -> str:
    """Where the gold job writes a training set (artifacts bucket)."""
    return f"training-data/{pipeline}/{interval}"
