"""Moves files and frames through stages with snowflake-connector-python; writes what it saw.

Usage: python_stages.py <file with the stand-in's line as JSON> <folder for files>
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
from python_connector import Client
from snowflake.connector.pandas_tools import write_pandas


def files(connection: Any, folder: Path) -> dict[str, Any]:
    """PUT, LIST, COPY both ways, GET and REMOVE."""
    cursor = connection.cursor()
    (folder / "people.csv").write_text("1,Ann\n2,Bo\n", encoding="utf-8")
    (folder / "got").mkdir()
    cursor.execute("create or replace stage python_inbox")
    cursor.execute("create or replace table python_people (id int, name varchar)")
    seen: dict[str, Any] = {}
    put = cursor.execute(f"put file://{folder}/people.csv @python_inbox/in overwrite = true")
    seen["put"] = put.fetchone()[:2] + put.execute("list @python_inbox").fetchone()[:1]
    seen["loaded"] = cursor.execute("copy into python_people from @python_inbox/in").fetchone()[:4]
    cursor.execute("copy into @python_inbox/out/ from python_people")
    seen["got"] = cursor.execute(f"get @python_inbox/out/ file://{folder}/got").fetchone()[0]
    seen["text"] = gzip.decompress((folder / "got" / seen["got"]).read_bytes()).decode()
    seen["removed"] = len(cursor.execute("remove @python_inbox").fetchall())
    return seen


def frames(connection: Any) -> dict[str, Any]:
    """A frame written by write_pandas, which goes by Parquet, a temporary stage and COPY."""
    cursor = connection.cursor()
    cursor.execute("create or replace table python_frame (id int, name varchar, amount float)")
    frame = pd.DataFrame({"ID": [1, 2, 3], "NAME": ["Ann", None, "Cy"], "AMOUNT": [1.5, 2.0, None]})
    done, chunks, rows, _ = write_pandas(connection, frame, "PYTHON_FRAME", chunk_size=2)
    found = cursor.execute("select * from python_frame order by id").fetchall()
    write_pandas(connection, frame, "PYTHON_MADE", auto_create_table=True)
    made = cursor.execute("select id, name, amount from python_made order by id").fetchall()
    return {"done": done, "chunks": chunks, "rows": rows, "found": found, "made": made == found}


def main() -> None:
    """Runs everything and writes what it saw."""
    client = Client(json.loads(Path(sys.argv[1]).read_text()))
    with client.connect() as connection:
        seen = {"files": files(connection, Path(sys.argv[2])), "frames": frames(connection)}
    sys.stdout.write(f"{json.dumps(seen)}\n")


if __name__ == "__main__":
    main()
