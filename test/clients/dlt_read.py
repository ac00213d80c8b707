"""Reads one table of the stand-in with dlt and prints what arrived, as one JSON document.

Usage: dlt_read.py <file with the stand-in's line as JSON> <table>
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

from dlt.sources.sql_database import sql_table
from sqlalchemy import Engine, create_engine


def open_engine(line: dict[str, str], password: str) -> Engine:
    """A connection of snowflake-sqlalchemy over plain HTTP."""
    place = urlsplit(line["accessUrl"])
    connection = {
        "account": line["account"],
        "user": line["user"],
        "password": password,
        "protocol": "http",
        "host": place.hostname,
        "port": place.port,
        "database": line["database"],
        "schema": line["schema"],
        "warehouse": line["warehouse"],
        "role": line["role"],
    }
    return create_engine(f"snowflake://{line['user']}@{line['account']}", connect_args=connection)


def main() -> None:
    """Reflects the table, reads every row, and prints columns and rows."""
    line_path, table = sys.argv[1], sys.argv[2]
    line = json.loads(Path(line_path).read_text())
    password = (Path(line["privateKeyPath"]).parent / "password").read_text()
    resource = sql_table(open_engine(line, password), table=table, backend="sqlalchemy")
    rows = list(resource)
    columns = {
        name: column.get("data_type")
        for name, column in resource.columns.items()  # type: ignore
    }
    document = json.dumps({"columns": columns, "rows": rows}, default=str)
    sys.stdout.write(f"{document}\n")


if __name__ == "__main__":
    main()
