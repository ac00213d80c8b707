"""The training set: what was known of an entity on a date, beside what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.errors import TerminalError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from pipeline.documents import Model


def training_set(features: DataFrame, labels: DataFrame, model: Model) -> DataFrame:
    """Features and label of each entity and date that has both: entity, as-of date, features,
    label.

    A label exists only once its horizon has passed, so nothing that a row is trained on was unknown
    on its date. Raises TerminalError when a table lacks a column that the model names.
    """
    on = [*model["entity"], model["as_of"]]
    _assert_columns(model["features"], features, [*on, model["baseline"]])
    _assert_columns(model["labels"], labels, [*on, model["label"]])
    inputs = [name for name in features.columns if name not in (*on, model["label"])]
    joined = features.select(*on, *inputs).join(labels.select(*on, model["label"]), on, "inner")
    return joined.select(*on, *inputs, model["label"]).orderBy(model["as_of"], *model["entity"])


def _assert_columns(table: str, rows: DataFrame, names: list[str]) -> None:
    missing = [name for name in names if name not in rows.columns]
    if missing:
        raise TerminalError(
            f"Cannot make a training set of {table}: it has no column {', '.join(missing)}. "
            "Correct the section model of pipeline.yml, or the table's SQL.",
            code="CONFIG_INVALID",
        )
