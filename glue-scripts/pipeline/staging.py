"""One table's share of an interval, read and planned: nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyspark.sql.functions as F
from py4j.protocol import Py4JJavaError
from pyspark import StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql.types import StructField, TimestampType

from pipeline.bronze import LINEAGE, read_bronze
from pipeline.conform import REASON, conform, group_hash
from pipeline.contract import (
    EFFECTIVE_FROM,
    EXTRACTED_AT,
    business_columns,
    keeps_history,
    row_identity,
    silver_target,
    technical_columns,
)
from pipeline.deletions import plan_current_and_deleted, split_deleted
from pipeline.errors import TerminalError
from pipeline.history import effective_from, plan_history
from pipeline.plan import BATCH, DUPLICATES, OP, REMOVED
from pipeline.rejects import duplicate_rows, rejected_rows
from pipeline.spark_errors import read_error
from pipeline.tables import refuse_other_columns, stored_rows
from pipeline.versions import RANK, rank_versions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame, SparkSession

    from pipeline.documents import Manifest, SilverTable
    from pipeline.job_args import JobArgs
    from pipeline.tables import Target


@dataclass(frozen=True)
class Counts:
    """What became of the rows that were read, and of the rows of the table."""

    read: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejects: dict[str, int] = field(default_factory=dict)
    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class Staged:
    """A table's plan for the interval; `plan` is None when the interval brought it no file."""

    table: SilverTable
    target: Target
    counts: Counts
    plan: DataFrame | None = None
    refused: tuple[DataFrame, ...] = ()

    @property
    def has_changes(self) -> bool:
        return self.counts.inserted + self.counts.updated + self.counts.deleted > 0


def stage_table(
    spark: SparkSession, args: JobArgs, table: SilverTable, manifests: Sequence[Manifest]
) -> Staged:
    """Reads a table's share of the interval and plans it.

    Raises TerminalError when a file cannot be read, or holds other than its manifest says.
    """
    own = [manifest for manifest in manifests if manifest["query"] == table["source"]]
    try:
        return _stage(spark, args, table, own)
    except (PySparkException, Py4JJavaError) as error:
        raise read_error(table, error) from error


def _stage(
    spark: SparkSession, args: JobArgs, table: SilverTable, manifests: Sequence[Manifest]
) -> Staged:
    source = read_bronze(spark, args.lake_bucket, manifests)
    if source is None:
        # The types of what versions are ordered by are known once there are rows.
        known = StructField(EXTRACTED_AT, TimestampType())
        return Staged(table, silver_target(args, table, [known]), Counts())
    upserts, deleted = split_deleted(source, table)
    conformed = conform(upserts, table, manifests[0]["key"]).persist(StorageLevel.MEMORY_AND_DISK)
    found = _find(conformed, table)
    deletions = deleted.count() if deleted else 0
    _assert_read(table, manifests, found.read + deletions)
    technical = [conformed.schema[name] for name in technical_columns(table)]
    target = silver_target(args, table, technical)
    refuse_other_columns(spark, target)
    newest, repeated = _split_versions(conformed, table, found)
    stored = stored_rows(spark, target.name)
    plan = (
        plan_history(newest, stored, table, deleted)
        if keeps_history(table)
        else plan_current_and_deleted(newest, stored, deleted, table)
    )
    if stored or deleted or "deduplicate" in table or keeps_history(table):
        plan.persist(StorageLevel.MEMORY_AND_DISK)  # else it is conformed itself, persisted above
    counts = _counts(table, found, plan, repeated.count() if repeated else 0, deletions)
    return Staged(table, target, counts, plan, _refused(table, counts, conformed, repeated, plan))


@dataclass(frozen=True)
class _Found:
    """The rows that were read, by reason (None of those accepted), and the accepted identities."""

    reasons: dict[str | None, int]
    identities: int

    @property
    def read(self) -> int:
        return sum(self.reasons.values())

    @property
    def has_versions(self) -> bool:
        """True when an identity was accepted more than once."""
        return self.reasons.get(None, 0) > self.identities


def _find(conformed: DataFrame, table: SilverTable) -> _Found:
    identity = [F.col(name) for name in table["key"]]
    if keeps_history(table):
        identity.append(effective_from(table))
    rows = (
        conformed.groupBy(REASON)
        .agg(
            F.count(F.lit(1)).alias("rows"),
            F.count_distinct(group_hash(identity)).alias("identities"),
        )
        .collect()
    )
    reasons = {row[REASON]: row["rows"] for row in rows}
    return _Found(reasons, sum(row["identities"] for row in rows if row[REASON] is None))


def _split_versions(
    conformed: DataFrame, table: SilverTable, found: _Found
) -> tuple[DataFrame, DataFrame | None]:
    """The newest version of each identity, and the versions behind them if there are any."""
    accepted = conformed.where(F.col(REASON).isNull())
    accepted = accepted.select(*business_columns(table), *technical_columns(table), *LINEAGE)
    if keeps_history(table):
        accepted = accepted.withColumn(EFFECTIVE_FROM, effective_from(table))
    if not found.has_versions:
        return accepted, None
    ranked = rank_versions(accepted, table, row_identity(table))
    newest = ranked.where(F.col(RANK) == 1).drop(RANK)
    return newest, ranked.where(F.col(RANK) > 1).drop(RANK)


def _refused(
    table: SilverTable,
    counts: Counts,
    conformed: DataFrame,
    repeated: DataFrame | None,
    plan: DataFrame,
) -> tuple[DataFrame, ...]:
    """The rows that go to the rejects: a frame for each way in which there are any."""
    columns = business_columns(table)
    frames = [rejected_rows(conformed, table)] if counts.rejects else []
    if repeated:
        frames.append(duplicate_rows(repeated, table, columns))
    if "deduplicate" in table and counts.duplicates + counts.deleted > 0:
        same_things = plan.where(F.col(OP).isin(DUPLICATES))
        frames.append(duplicate_rows(same_things, table, columns))
    return tuple(frames)


def _counts(
    table: SilverTable, found: _Found, plan: DataFrame, repeated: int, deletions: int
) -> Counts:
    read, reasons = found.read + deletions, found.reasons
    rejects = {reason: reasons[reason] for reason in sorted(filter(None, reasons))}
    rows = plan.groupBy(OP, BATCH).count().collect()

    def total(operations: Sequence[str], *, batch_only: bool = False) -> int:
        chosen = [row for row in rows if row[OP] in operations]
        return sum(row["count"] for row in chosen if row[BATCH] or not batch_only)

    changed = total(["insert", "update"], batch_only=True)
    unchanged = total(["same", "delete"], batch_only=True)
    duplicates = repeated + total(["repeat", "withdraw"])
    accepted = changed + unchanged + deletions
    if read != accepted + duplicates + sum(rejects.values()):
        raise TerminalError(
            f"Cannot account for the rows of {table['table']}: {read} were read, {accepted} "
            f"accepted, "
            f"{duplicates} are duplicates, {sum(rejects.values())} rejected. Report this as a "
            f"defect.",
            code="RECONCILE_MISMATCH",
        )
    return Counts(
        read=read,
        accepted=accepted,
        duplicates=duplicates,
        rejects=rejects,
        inserted=total(["insert"]),
        updated=total(["update"]),
        deleted=total(REMOVED),
        unchanged=unchanged,
    )


def _assert_read(table: SilverTable, manifests: Sequence[Manifest], read: int) -> None:
    expected = sum(manifest["rows"] for manifest in manifests)
    if read == expected:
        return
    runs = ", ".join(manifest["runId"] for manifest in manifests)
    raise TerminalError(
        f"Cannot build silver table {table['table']}: its files hold {read} rows, their "
        f"manifests say "
        f"{expected} (runs {runs}). Extract the window again.",
        code="RESULT_CORRUPT",
    )
