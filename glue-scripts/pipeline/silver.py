"""Bronze to silver for one interval: everything is decided first, then each table is committed
once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pyspark.sql.functions as F
from pyspark import StorageLevel

from pipeline.artifacts import check_files
from pipeline.paths import REJECTS, table_location, table_name
from pipeline.plan import OP
from pipeline.rejects import IDENTITY, SCHEMA, plan_rejects
from pipeline.staging import stage_table
from pipeline.tables import (
    Target,
    create_table,
    ensure_table,
    schema_of,
    stored_rows,
    write_changes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import SparkSession

    from pipeline.artifacts import Artifacts
    from pipeline.documents import Manifest, SilverTable
    from pipeline.job_args import JobArgs
    from pipeline.staging import Staged

log = logging.getLogger("silver")


def build_silver(
    spark: SparkSession,
    artifacts: Artifacts,
    args: JobArgs,
    tables: Sequence[SilverTable],
    manifests: Sequence[Manifest],
) -> list[Staged]:
    """Merges the manifests' rows into the tables; running it again changes nothing.

    Rejects are committed before the tables: a stored row that a table drops as a duplicate would
    otherwise be lost if the job died between the two.
    """
    for manifest in manifests:
        check_files(artifacts, args.lake_bucket, manifest)
    staged = [stage_table(spark, args, table, manifests) for table in tables]
    _write_rejects(spark, args, staged)
    for one in staged:
        _write(spark, one)
        log.info("silver table %s: %s", one.table["table"], one.counts)
    return staged


def _write(spark: SparkSession, staged: Staged) -> None:
    if staged.plan is None:
        create_table(spark, staged.target)
        return
    ensure_table(spark, staged.target)
    if staged.has_changes:
        write_changes(spark, staged.target, staged.plan)


def _write_rejects(spark: SparkSession, args: JobArgs, staged: Sequence[Staged]) -> None:
    name = table_name(args.database_prefix, "silver", REJECTS)
    location = table_location(args.lake_bucket, "silver", REJECTS)
    target = Target(name, location, schema_of(SCHEMA), IDENTITY)
    ensure_table(spark, target)
    frames = [frame for one in staged for frame in one.refused]
    if not frames:
        return
    stored = stored_rows(spark, name)
    if stored is not None:
        stored = stored.where(F.col("table_name").isin([one.table["table"] for one in staged]))
    plan = plan_rejects(frames, stored).persist(StorageLevel.MEMORY_AND_DISK)
    if stored is None or not plan.where(F.col(OP) != "same").isEmpty():
        write_changes(spark, target, plan)
    plan.unpersist()
