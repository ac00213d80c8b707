"""What Spark says of a failed read, as a failure that names the table and, where known, the
file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.errors import PipelineError, TerminalError, TransientError

if TYPE_CHECKING:
    from pipeline.documents import SilverTable

_FILE = re.compile(r"s3a?://[^\s,;'\"]+\.parquet")
# Messages of the S3 clients when the service does not answer; what a file holds is never among
# them.
_UNREACHABLE = re.compile(
    r"Connection refused|Unable to execute HTTP request|SlowDown|Status Code: 50[03]|timed out",
    re.I,
)
# The name of a Spark error, for example [CAST_INVALID_INPUT]; what follows it may show values.
_CONDITION = re.compile(r"\[([A-Z][A-Z_.]+)\]")
_BROKEN = re.compile(
    r"FAILED_READ_FILE|CANNOT_READ_FILE|is not a Parquet file|FileNotFound|PATH_NOT_FOUND|magic "
    r"number"
)


def read_error(table: SilverTable, error: Exception) -> PipelineError:
    """Transient when S3 did not answer; else terminal, by what was wrong: a file or the
    contract."""
    text = str(error)
    what = f"Cannot build silver table {table['table']} from query {table['source']}"
    if _UNREACHABLE.search(text):
        return TransientError(f"{what}: S3 did not answer. Try again.", code="STORE_UNAVAILABLE")
    file = _FILE.search(text)
    if file and _BROKEN.search(text):
        return TerminalError(
            f"{what}: {file.group()} is missing or is not a whole Parquet file. "
            "Extract its window again.",
            code="RESULT_CORRUPT",
        )
    condition = _CONDITION.search(text)
    return TerminalError(
        f"{what}: Spark refused a value or an expression "
        f"({condition.group(1) if condition else type(error).__name__}). "
        "Correct the table's expressions in pipeline.yml (try_cast gives null where cast fails) "
        "and publish again.",
        code="SCHEMA_DRIFT",
    )
