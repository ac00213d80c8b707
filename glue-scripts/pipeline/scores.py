"""Scores of entities by a trained model, as a table of predictions beside the features it read."""

from __future__ import annotations

import io
import json
import logging
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyspark.sql.functions as F
from pyspark import StorageLevel

from pipeline.errors import TerminalError
from pipeline.merge import plan_merge
from pipeline.paths import table_location, table_name
from pipeline.plan import OP
from pipeline.tables import Target, ensure_table, stored_rows, write_changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

    from pipeline.documents import Model
    from pipeline.job_args import JobArgs

log = logging.getLogger("score")

SCORE = "score"
MODEL_KEY = "model_key"
INTERVAL = "interval_id"


@dataclass(frozen=True)
class TrainedModel:
    """A model as training left it: XGBoost's JSON, and the names of its inputs in their order."""

    booster: bytes
    features: tuple[str, ...]


def read_model(archive: bytes, key: str) -> TrainedModel:
    """Takes model.json and metadata.json out of a model.tar.gz; raises TerminalError without
    them."""
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as files:
            booster, metadata = _member(files, "model.json"), _member(files, "metadata.json")
        return TrainedModel(booster, tuple(json.loads(metadata)["features"]))
    except (tarfile.TarError, EOFError, OSError, KeyError, ValueError) as error:
        raise TerminalError(
            f"Cannot read the model {key}: it is no archive of model.json and metadata.json. "
            "Train it again.",
            code="RESULT_CORRUPT",
        ) from error


def _member(files: tarfile.TarFile, name: str) -> bytes:
    member = next(found for found in files.getnames() if found.split("/")[-1] == name)
    content = files.extractfile(member)
    return content.read() if content else b""


def newest_features(features: DataFrame, model: Model) -> DataFrame:
    """Each entity's row of its newest as-of date."""
    newest = features.groupBy(*model["entity"]).agg(F.max(model["as_of"]).alias(model["as_of"]))
    return features.join(newest, [*model["entity"], model["as_of"]], "left_semi")


def score(rows: DataFrame, model: Model, trained: TrainedModel) -> DataFrame:
    """Entity, as-of date and score of each row. Raises TerminalError when an input is missing."""
    identity = [*model["entity"], model["as_of"]]
    missing = [name for name in trained.features if name not in rows.columns]
    if missing:
        raise TerminalError(
            f"Cannot score {model['features']}: the model was trained on {', '.join(missing)}, "
            f"which "
            "the table does not have. Train the model again.",
            code="SCHEMA_DRIFT",
        )
    inputs = [
        F.col(name).cast("double").alias(f"_x{at}") for at, name in enumerate(trained.features)
    ]
    prepared = rows.select(*identity, *inputs)
    schema = rows.select(*identity).schema.add(SCORE, "double")
    return prepared.mapInPandas(_scorer(trained, identity), schema)


def _scorer(trained: TrainedModel, identity: Sequence[str]) -> Any:
    booster_json, width, names = trained.booster, len(trained.features), list(identity)

    def scored(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        import numpy as np
        import xgboost

        booster = xgboost.Booster(params={"nthread": 1})
        booster.load_model(bytearray(booster_json))
        for batch in batches:
            inputs = batch[[f"_x{at}" for at in range(width)]].to_numpy(dtype=np.float64)
            scores = booster.inplace_predict(inputs).astype("float64")
            yield batch.filter(names).assign(**{SCORE: scores})

    return scored


def write_scores(
    spark: SparkSession, args: JobArgs, model: Model, scored: DataFrame, interval: str
) -> dict[str, int]:
    """Merges scores into the table of predictions; rows by what became of them.

    A score of the same model is written once; older dates keep theirs.
    """
    identity = [*model["entity"], model["as_of"]]
    wanted = scored.withColumns(
        {MODEL_KEY: F.lit(args.model_key), INTERVAL: F.lit(interval)}
    ).persist(StorageLevel.MEMORY_AND_DISK)
    target = Target(
        name=table_name(args.database_prefix, "gold", model["predictions"]),
        location=table_location(args.lake_bucket, "gold", model["predictions"]),
        schema=wanted.schema,
        identity=tuple(identity),
    )
    ensure_table(spark, target)
    stored = stored_rows(spark, target.name)
    compared = [*identity, SCORE, MODEL_KEY]
    plan = plan_merge(wanted, stored, identity, delete_missing=False, compared=compared)
    plan.persist(StorageLevel.MEMORY_AND_DISK)
    counted = {row[OP]: row["count"] for row in plan.groupBy(OP).count().collect()}
    if counted.keys() - {"same"}:
        write_changes(spark, target, plan)
    log.info("gold table %s: %s", model["predictions"], counted)
    return counted
