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


def main() -> None:
    """Runs everything and writes what it saw."""
    client = Client(json.loads(Path(sys.argv[1]).read_text()))
    seen = {"version": snowflake.connector.__version__, "logins": logins(client)}
    with client.connect() as connection:
        seen["statements"] = statements(connection)
    sys.stdout.write(f"{json.dumps(seen)}\n")


if __name__ == "__main__":
    main()
