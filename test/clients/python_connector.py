"""Uses the stand-in through snowflake-connector-python and writes what it saw as one JSON document.

Usage: python_connector.py <file with the stand-in's line as JSON>
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

warnings.filterwarnings("ignore", category=FutureWarning)

import snowflake.connector  # noqa: E402

TYPES = """
select 12345678901234567890::number(38, 0) as fixed_, (-1.5)::number(12, 2) as cents,
       1.25::float as real_, 'ä "b"' as text_, true as boolean_,
       '2024-02-29'::date as date_, '01:02:03.5'::time as time_,
       '2024-01-02 03:04:05.123456'::timestamp_ntz as ntz,
       '2024-01-02 03:04:05.123456 +0100'::timestamp_tz as tz,
       parse_json('{"a":[1,null]}') as variant_, to_binary('00FFA1', 'HEX') as binary_,
       null::int as null_
"""

EDGES = """
select column1::number(2, 0) as n2, column2::number(38, 0) as n38, column3::number(12, 2) as cents,
       column4::float as real_, column5::varchar as text_, column6::boolean as boolean_,
       column7::date as date_, column8::time(9) as time_, column9::timestamp_ntz(9) as ntz,
       column9::timestamp_ntz(3) as ntz3, column9::timestamp_ltz(9) as ltz,
       column10::timestamp_tz(9) as tz, column10::timestamp_tz(3) as tz3,
       parse_json(column11) as variant_, to_binary(column12, 'HEX') as binary_
from values
  (99, 99999999999999999999999999999999999999, -1234567890.12, 1.25, 'ä😀"', true, '2024-02-29',
   '23:59:59.123456', '1969-12-31 23:59:59.123456', '2024-01-02 03:04:05.123456 +0530',
   '{"a":[1,null]}', '00FFA1'),
  (-99, -99999999999999999999999999999999999999, 0.01, -1e300, '', false, '1677-12-31',
   '00:00:00', '2262-01-01 00:00:00', '1969-12-31 23:59:59.5 -1100', 'null', ''),
  (null, null, null, null, null, null, null, null, null, null, null, null)
"""


class Client:
    """Connections to one stand-in."""

    def __init__(self, line: dict[str, str]) -> None:
        place = urlsplit(line["accessUrl"])
        self.line = line
        self.options: dict[str, Any] = {
            "account": line["account"],
            "user": line["user"],
            "protocol": "http",
            "host": place.hostname,
            "port": place.port,
            "database": line["database"],
            "schema": line["schema"],
            "warehouse": line["warehouse"],
            "role": line["role"],
        }

    @property
    def password(self) -> str:
        """The generated password, which lies beside the key."""
        return (Path(self.line["privateKeyPath"]).parent / "password").read_text()

    def connect(self, **credentials: Any) -> Any:
        """Opens a connection; by password unless other credentials are given."""
        return snowflake.connector.connect(
            **self.options, **(credentials or {"password": self.password})
        )


def logins(client: Client) -> dict[str, Any]:
    """Every way to log in, and the code of a refusal."""
    ways: dict[str, dict[str, Any]] = {
        "password": {"password": client.password},
        "keyPair": {
            "authenticator": "SNOWFLAKE_JWT",
            "private_key_file": client.line["privateKeyPath"],
        },
        "token": {"authenticator": "PROGRAMMATIC_ACCESS_TOKEN", "token": client.line["pat"]},
    }
    seen: dict[str, Any] = {}
    for name, credentials in ways.items():
        with client.connect(**credentials) as connection:
            seen[name] = connection.cursor().execute("select 1").fetchone()[0]
    try:
        client.connect(password="wrong")
    except snowflake.connector.errors.DatabaseError as error:
        seen["wrong"] = error.errno
    return seen


def statements(connection: Any) -> dict[str, Any]:
    """Types, binds, many rows, DML counts, several statements, an error, asynchronous ones."""
    cursor = connection.cursor()
    seen: dict[str, Any] = {}
    seen["types"] = [
        repr(bytes(value) if isinstance(value, bytearray) else value)
        for value in cursor.execute(TYPES).fetchone()
    ]
    cursor.execute("create or replace table python_rows (n int, t varchar)")
    cursor.executemany(
        "insert into python_rows values (%s, %s)", [(n, f"it's {n}") for n in range(100)]
    )
    seen["inserted"] = cursor.rowcount
    seen["text"] = cursor.execute("select t from python_rows where n = %s", (7,)).fetchone()[0]
    rows = cursor.execute(
        "select seq4() as n, 'row' as t from table(generator(rowcount => 120000)) order by 1"
    ).fetchall()
    seen["rows"] = [len(rows), rows[-1][0]]
    cursor.execute("select 1; select 2", num_statements=2)
    several = [cursor.fetchone()[0]]
    while cursor.nextset():
        several.append(cursor.fetchone()[0])
    seen["several"] = several
    try:
        cursor.execute("select * from missing_table")
    except snowflake.connector.errors.ProgrammingError as error:
        seen["error"] = [error.errno, error.sqlstate]
    cursor.execute_async("select 42 as answer")
    while connection.is_still_running(connection.get_query_status(cursor.sfqid)):
        time.sleep(0.05)
    cursor.get_results_from_sfqid(cursor.sfqid)
    seen["async"] = cursor.fetchone()[0]
    return seen


def formats(connection: Any) -> dict[str, Any]:
    """Rows of every type in Arrow and in JSON, and what Arrow and pandas make of them."""
    cursor = connection.cursor()
    rows: dict[str, Any] = {}
    for name in ("JSON", "ARROW"):
        cursor.execute(f"alter session set PYTHON_CONNECTOR_QUERY_RESULT_FORMAT = '{name}'")
        rows[name] = [
            repr(bytes(cell) if isinstance(cell, bytearray) else cell)
            for row in cursor.execute(EDGES).fetchall()
            for cell in row
        ]
    table = cursor.execute(EDGES.replace("n38", "n38_")).fetch_arrow_all()
    many = "select seq4() as n, n / 4 as x from table(generator(rowcount => 150000))"
    frame = cursor.execute(many).fetch_pandas_all()
    empty = cursor.execute("select 1 as n where false")
    return {
        "cells": len(rows["ARROW"]),
        "differences": [
            pair for pair in zip(rows["JSON"], rows["ARROW"], strict=True) if pair[0] != pair[1]
        ],
        "nulls": [column.null_count for column in table.columns],
        "numbers": [str(value) for value in table.column("N38_").to_pylist()],
        "frame": [len(frame), int(frame["N"].sum()), str(frame["N"].dtype)],
        "empty": [empty.fetchall(), empty.execute("select 1 where false").fetch_arrow_all()],
    }


def main() -> None:
    """Runs everything and writes what it saw."""
    client = Client(json.loads(Path(sys.argv[1]).read_text()))
    seen = {"version": snowflake.connector.__version__, "logins": logins(client)}
    with client.connect() as connection:
        seen["statements"] = statements(connection)
        seen["formats"] = formats(connection)
    sys.stdout.write(f"{json.dumps(seen)}\n")


if __name__ == "__main__":
    main()
