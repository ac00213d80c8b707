"""Reads the lake as other tools do: boto3 lists bronze, PyIceberg reads a silver table."""

from __future__ import annotations

import json
import os
import sys

import boto3
from pyiceberg.catalog import load_catalog


def main(bucket: str, prefix: str, table: str) -> None:
    """Prints one JSON document: keys under the prefix, rows of the table, names of its columns."""
    lister = boto3.client("s3").get_paginator("list_objects_v2")
    pages = lister.paginate(Bucket=bucket, Prefix=prefix)
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    where = {"endpoint": os.environ["AWS_ENDPOINT_URL"], "region": os.environ["AWS_REGION"]}
    settings = {
        f"{service}.{name}": value for service in ("glue", "s3") for name, value in where.items()
    }
    catalog = load_catalog("lake", type="glue", **settings)
    rows = catalog.load_table(table).scan().to_arrow()
    print(json.dumps({"keys": keys, "rows": rows.num_rows, "columns": rows.column_names}))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
