"""The checksum of bronze rows, as docs/checksum.md has it: what Snowflake and DuckDB compute."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyspark.sql.functions as F
from pyspark.sql.types import DecimalType, LongType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

    from pipeline.documents import ManifestColumn

ALGORITHM = "md5-sum-1"
TWO_TO_26 = 67_108_864
MICROSECOND_DIGITS = 6
NOT_OF_THE_SOURCE = {"extraction_timestamp", "source_system"}


def checksum(rows: DataFrame, columns: Sequence[ManifestColumn]) -> str:
    """The checksum of the rows of bronze files, read as they are: nanoseconds as numbers."""
    digest = F.md5(canonical_row(rows, columns))
    halves = [_number(F.substring(digest, start, 16)) for start in (1, 17)]
    sums = rows.select(*[F.sum(half).cast("string") for half in halves]).first()
    upper, lower = sums if sums is not None else (None, None)
    return f"{ALGORITHM}:{upper or 0}:{lower or 0}"


def canonical_row(rows: DataFrame, columns: Sequence[ManifestColumn]) -> Column:
    """The text of a row: that of each column of the source or nothing, each followed by a bar."""
    zoned = [column["name"] for column in columns if column["type"].startswith("TIMESTAMP_TZ")]
    skipped = {_offset_name(name) for name in zoned} | NOT_OF_THE_SOURCE
    cells = []
    for column in columns:
        if column["name"] not in skipped:
            text = canonical_text(rows, column["name"], column["type"])
            cells += [F.coalesce(text, F.lit("")), F.lit("|")]
    return F.concat(*cells)


def canonical_text(rows: DataFrame, name: str, declared: str) -> Column:
    """The text of a column's values, NULL where they are NULL. Decimals have no exponent, which
    Spark writes unless it is in ANSI mode, as all sessions here are."""
    value = F.col(_quoted(name))
    type_name = declared.split("(", maxsplit=1)[0]
    if type_name in {"NUMBER", "BOOLEAN", "DATE", "TIME"}:
        text = value.cast("string")
    elif type_name == "FLOAT":
        text = F.expr(_float_text(_quoted(name)))
    elif type_name == "BINARY":
        text = F.concat(F.lit("x"), F.hex(value))
    elif type_name == "TIMESTAMP_TZ":
        offset = F.col(_quoted(_offset_name(name))).cast("string")
        text = F.concat(_epoch(rows, name, declared), F.lit("@"), offset)
    elif type_name.startswith("TIMESTAMP"):
        text = _epoch(rows, name, declared)
    else:
        text = F.concat(F.octet_length(value).cast("string"), F.lit(":"), value)
    return text


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _offset_name(name: str) -> str:
    return f"{name}__offset_minutes"


def _number(hexadecimal: Column) -> Column:
    return F.conv(hexadecimal, 16, 10).cast("decimal(20,0)")


def _epoch(rows: DataFrame, name: str, declared: str) -> Column:
    """Whole numbers since 1970: nanoseconds as the file has them, or microseconds."""
    value = F.col(_quoted(name))
    if isinstance(rows.schema[name].dataType, (LongType, DecimalType)):
        return value.cast("string")
    digits = re.search(r"\((\d+)\)", declared)
    if digits is None or int(digits[1]) > MICROSECOND_DIGITS:
        message = f"Cannot count the nanoseconds of {name}. Read its file with nanosAsLong."
        raise ValueError(message)
    return F.unix_micros(value.cast("timestamp")).cast("string")


def _float_text(value: str) -> str:
    """The sign, halves of the 53 binary digits, and exponent of a double, by exact arithmetic."""
    size = f"abs(nullif({value}, 0D))"
    guess = f"greatest(least(floor(ln({size}) / ln(2D)), 1023), -1022)"
    guessed = f"{size} / power(2D, {guess})"
    exponent = (
        f"({guess} + CASE WHEN {guessed} >= 2 THEN 1 "
        f"WHEN {guessed} < 1 AND {guess} > -1022 THEN -1 ELSE 0 END)"
    )
    shifted = f"{size} / power(2D, {exponent}) * {TWO_TO_26}D"
    low = f"({shifted} - floor({shifted})) * {TWO_TO_26}D"

    def integer(number: str) -> str:
        return f"CAST(CAST({number} AS BIGINT) AS STRING)"

    return (
        f"CASE WHEN {value} = 0D THEN '0' WHEN isnan({value}) THEN 'NaN' "
        f"WHEN {value} = double('inf') THEN 'inf' WHEN {value} = double('-inf') THEN '-inf' "
        f"ELSE concat(CASE WHEN {value} < 0D THEN '-' ELSE '' END, {integer(f'floor({shifted})')}, "
        f"'.', {integer(low)}, 'e', {integer(exponent)}) END"
    )
