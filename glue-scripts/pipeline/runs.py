"""A job from its arguments to its report; the scripts in jobs/ only start these."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

import boto3

from pipeline.artifacts import Artifacts
from pipeline.checks import TableFacts, measure
from pipeline.contract import contract_schema
from pipeline.documents import as_of_date
from pipeline.errors import TerminalError
from pipeline.gold import build_gold, newest_as_of
from pipeline.paths import object_url, report_key, table_name, training_data_prefix
from pipeline.report import layer_report, table_report
from pipeline.scores import newest_features, read_model, score, write_scores
from pipeline.session import configure
from pipeline.silver import build_silver
from pipeline.tables import stored_rows
from pipeline.training_set import training_set

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import DataFrame, SparkSession

    from pipeline.documents import (
        Check,
        IntervalDocument,
        Manifest,
        Model,
        PipelineDocument,
    )
    from pipeline.gold import Built
    from pipeline.job_args import JobArgs
    from pipeline.staging import Counts, Staged

log = logging.getLogger("job")


class Run:
    """What every job starts from: its documents, and a session that stamps what it writes."""

    def __init__(self, spark: SparkSession, args: JobArgs) -> None:
        logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")
        logging.getLogger("py4j").setLevel(logging.WARNING)
        self.spark = spark
        self.args = args
        self.artifacts = Artifacts(boto3.client("s3"))
        bucket = args.artifacts_bucket
        self.pipeline: PipelineDocument = self.artifacts.read_json(bucket, args.pipeline_key)
        document: IntervalDocument = self.artifacts.read_json(bucket, args.interval_key)
        self.interval = document["interval"]["id"]
        self.manifests: list[Manifest] = self.artifacts.manifests(args.lake_bucket, document)
        stamp = {
            "pipeline": self.pipeline["name"],
            "interval": self.interval,
            "run-id": args.run_id,
        }
        configure(spark, stamp)

    def find_table(self, layers: Sequence[str], table: str) -> DataFrame | None:
        """The table in the first of the layers that has it."""
        for layer in layers:
            name = table_name(self.args.database_prefix, layer, table)
            if self.spark.catalog.tableExists(name):
                return self.spark.table(name)
        return None

    def checks(self, layer: str) -> list[Check]:
        return [check for check in self.pipeline.get("checks", []) if check["layer"] == layer]

    def report(
        self, layer: str, facts: Mapping[str, TableFacts], counts: Mapping[str, Counts]
    ) -> None:
        """Measures the layer's checks and writes its report, the last thing a job does."""
        layers = [layer, "silver"]
        checks = self.checks(layer)
        measured, rows = measure(checks, facts, lambda name: self.find_table(layers, name))
        prefix = self.args.database_prefix
        tables = [
            table_report(
                self.spark, name, table_name(prefix, layer, name), rows[name], counts[name]
            )
            for name in counts
        ]
        key = report_key(self.pipeline["name"], self.interval, layer)
        names = (self.pipeline["name"], self.interval, layer)
        document = layer_report(self.args, *names, tables, measured)
        self.artifacts.write_json(self.args.artifacts_bucket, key, document)
        log.info("report s3://%s/%s", self.args.artifacts_bucket, key)


def run_silver(spark: SparkSession, args: JobArgs) -> None:
    """Builds silver from the interval's manifests."""
    run = Run(spark, args)
    contracts = run.pipeline.get("silver", [])
    staged = build_silver(spark, run.artifacts, args, contracts, run.manifests)
    facts = {one.table["table"]: _silver_facts(run, one) for one in staged}
    run.report("silver", facts, {one.table["table"]: one.counts for one in staged})


def _silver_facts(run: Run, staged: Staged) -> TableFacts:
    return TableFacts(
        rows=run.spark.table(staged.target.name),
        promised=contract_schema(staged.table),
        read=staged.counts.read,
        rejected=sum(staged.counts.rejects.values()),
    )


def run_gold(spark: SparkSession, args: JobArgs) -> None:
    """Builds gold from silver as it is now, and a training set where one is asked for."""
    run = Run(spark, args)
    models = run.pipeline.get("gold", [])
    as_of = newest_as_of(spark, args, models, as_of_date(run.manifests))
    configure(spark, {"as-of": as_of})
    log.info("gold as of %s", as_of)
    built = build_gold(spark, args, models, as_of)
    facts = {one.model["table"]: _gold_facts(run, one) for one in built}
    for check in run.checks("gold"):
        facts.setdefault(check["table"], _other_facts(run, check["table"]))
    if args.training_data:
        write_training_set(run)
    run.report("gold", facts, {one.model["table"]: one.counts for one in built})


def _gold_facts(run: Run, built: Built) -> TableFacts:
    return TableFacts(run.spark.table(built.target.name), built.target.schema, built.counts.read)


def _other_facts(run: Run, table: str) -> TableFacts:
    rows = run.find_table(["gold"], table)
    empty = run.spark.range(0).select().schema
    return TableFacts(rows, rows.schema if rows else empty)


def write_training_set(run: Run) -> None:
    """Writes the pipeline's training set as Parquet, in place of one of the same interval."""
    model = _model_of(run)
    rows = training_set(_gold(run, model["features"]), _gold(run, model["labels"]), model)
    prefix = training_data_prefix(run.pipeline["name"], run.interval)
    url = object_url(run.args.artifacts_bucket, f"{prefix}/train")
    rows.coalesce(1).write.mode("overwrite").parquet(url)
    log.info("training set %s", url)


def run_score(spark: SparkSession, args: JobArgs) -> None:
    """Scores each entity's newest features by the model that `model_key` names."""
    run = Run(spark, args)
    model = _model_of(run)
    archive = run.artifacts.read_bytes(args.artifacts_bucket, args.model_key)
    trained = read_model(archive, args.model_key)
    scored = score(newest_features(_gold(run, model["features"]), model), model, trained)
    write_scores(spark, args, model, scored, run.interval)


def _model_of(run: Run) -> Model:
    model: Any = run.pipeline.get("model")
    if model is None:
        raise TerminalError(
            f"Cannot train or score for pipeline {run.pipeline['name']}: it has no section model. "
            "Add one to pipeline.yml, or start the job without.",
            code="CONFIG_INVALID",
        )
    return model


def _gold(run: Run, table: str) -> DataFrame:
    rows = stored_rows(run.spark, table_name(run.args.database_prefix, "gold", table))
    if rows is None:
        raise TerminalError(
            f"Cannot read gold table {table}: it has no rows yet. Run the gold job first.",
            code="NOT_FOUND",
        )
    return rows
