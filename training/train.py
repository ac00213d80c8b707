"""Trains the model of a pipeline: XGBoost in SageMaker's script mode.

Reads Parquet from the channel `train` and the pipeline document from the channel `pipeline`; writes
model.json and metadata.json to the model folder, and prints metrics as `name=value`, one per line.
https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xgboost

from baseline import Baseline
from features import feature_names, to_labels, to_matrix
from metrics import auc, log_loss, pr_auc
from time_split import TimeSplit, split_by_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from features import Matrix, Vector


@dataclass(frozen=True)
class Settings:
    """What to learn, from the section `model` of the pipeline document, and how."""

    entity: list[str]
    as_of: str
    label: str
    baseline: str
    seed: int
    test_share: float
    label_horizon_days: int
    max_depth: int
    eta: float
    rounds: int
    patience: int


def read_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Hyperparameters as SageMaker passes them, all optional; those it adds itself are let be."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--max_depth", type=int, default=4)
    parser.add_argument("--eta", type=float, default=0.08)
    parser.add_argument("--rounds", type=int, default=400)
    parser.add_argument("--patience", type=int, default=30)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--test_share", type=float)
    parser.add_argument("--train", default=os.environ.get("SM_CHANNEL_TRAIN"))
    parser.add_argument("--pipeline_folder", default=os.environ.get("SM_CHANNEL_PIPELINE"))
    parser.add_argument("--model_dir", default=os.environ.get("SM_MODEL_DIR", "/opt/ml/model"))
    parser.add_argument("--output_dir", default=os.environ.get("SM_OUTPUT_DIR", "/opt/ml/output"))
    return parser.parse_known_args(argv)[0]


def read_settings(arguments: argparse.Namespace) -> Settings:
    """The pipeline document's model; a hyperparameter of the same name goes first."""
    documents = sorted(Path(arguments.pipeline_folder or "").rglob("*.json"))
    model = json.loads(documents[0].read_text()).get("model") if documents else None
    if not model:
        raise ValueError(
            "Cannot train: the channel `pipeline` holds no document with a section model. "
            "Add one to pipeline.yml and publish it."
        )
    chosen = {"seed": model.get("seed", 7), "test_share": model.get("test_share", 0.25)}
    given = {name: getattr(arguments, name) for name in chosen}
    chosen.update({name: value for name, value in given.items() if value is not None})
    names = ["entity", "as_of", "label", "baseline"]
    tuning = {name: getattr(arguments, name) for name in ("max_depth", "eta", "rounds", "patience")}
    chosen["label_horizon_days"] = model.get("label_horizon_days", 0)
    return Settings(**{name: model[name] for name in names}, **chosen, **tuning)


def read_training_set(folder: str | None) -> pa.Table:
    """Every Parquet file of the channel, as one table. Raises ValueError without rows."""
    files = sorted(Path(folder or "").rglob("*.parquet")) if folder else []
    table = pa.concat_tables([pq.read_table(file) for file in files]) if files else None
    if table is None or table.num_rows == 0:
        raise ValueError(
            "Cannot train: the channel `train` has no rows. Labels exist once their horizon has "
            "passed; run the gold job with --training_data true after that."
        )
    return table


def fit(
    inputs: Matrix, labels: Vector, split: TimeSplit, names: list[str], settings: Settings
) -> xgboost.Booster:
    """Boosted trees; stops when the validation has not got better for `patience` rounds."""
    parameters = {
        "objective": "binary:logistic",
        "eval_metric": "logloss",
        "tree_method": "hist",
        "max_depth": settings.max_depth,
        "eta": settings.eta,
        "min_child_weight": 5,
        "subsample": 0.8,
        "colsample_bytree": 0.8,
        "seed": settings.seed,
        "nthread": 2,
    }
    matrices = {
        name: xgboost.DMatrix(inputs[rows], labels[rows], feature_names=names)
        for name, rows in (("fit", split.fit), ("validation", split.validation))
    }
    booster = xgboost.train(
        parameters,
        matrices["fit"],
        num_boost_round=settings.rounds,
        evals=[(matrices["validation"], "validation")],
        early_stopping_rounds=settings.patience,
        verbose_eval=False,
    )
    return booster[: booster.best_iteration + 1]


def assert_both_classes(labels: Vector, split: TimeSplit, label: str) -> None:
    """Raises ValueError naming the part of the split in which every row has the same label."""
    for name in ("fit", "validation", "test"):
        part = labels[getattr(split, name)]
        if len(np.unique(part)) < 2:
            raise ValueError(
                f"Cannot train on the label {label}: all {len(part)} rows for {name} have the same "
                "value. Train when there are rows of both."
            )


def evaluate(labels: Vector, scores: Vector, probabilities: Vector) -> dict[str, float]:
    """The three figures of one ranking."""
    return {
        "auc": auc(labels, scores),
        "pr_auc": pr_auc(labels, scores),
        "log_loss": log_loss(labels, probabilities),
    }


def train(table: pa.Table, settings: Settings) -> tuple[xgboost.Booster, dict[str, Any]]:
    """The model, and what is known of it: inputs in order, split, figures beside the baseline's."""
    table = table.sort_by([(name, "ascending") for name in [settings.as_of, *settings.entity]])
    names = feature_names(table, [*settings.entity, settings.as_of, settings.label])
    inputs, labels = to_matrix(table, names), to_labels(table, settings.label)
    dates = table[settings.as_of].to_pylist()
    split = split_by_time(dates, settings.test_share, settings.label_horizon_days)
    assert_both_classes(labels, split, settings.label)
    booster = fit(inputs, labels, split, names, settings)
    predicted = booster.inplace_predict(inputs[split.test]).astype(np.float64)
    recency = to_matrix(table, [settings.baseline])[:, 0]
    learnt = split.fit | split.validation
    baseline = Baseline(recency[learnt], labels[learnt])
    tested = recency[split.test]
    actual = labels[split.test]
    metadata = {
        "features": names,
        "label": settings.label,
        "seed": settings.seed,
        "rounds": booster.num_boosted_rounds(),
        "rows": {part: int(getattr(split, part).sum()) for part in ("fit", "validation", "test")},
        "validationFrom": split.validation_from,
        "testFrom": split.test_from,
        "metrics": evaluate(actual, predicted, predicted),
        "baseline": evaluate(actual, baseline.scores(tested), baseline.probabilities(tested)),
        "baselineFeature": settings.baseline,
        "xgboost": xgboost.__version__,
    }
    return booster, metadata


def print_metrics(metadata: dict[str, Any]) -> None:
    """One figure per line, as the training job's metric definitions look for them."""
    for name, value in metadata["metrics"].items():
        print(f"{name}={value:.6f}")
    for name, value in metadata["baseline"].items():
        print(f"baseline_{name}={value:.6f}")
    for part, rows in metadata["rows"].items():
        print(f"rows_{part}={rows}")
    print(f"seed={metadata['seed']}")
    print(f"rounds={metadata['rounds']}")


def main(argv: Sequence[str]) -> int:
    """Trains and saves; what goes wrong is left where SageMaker reads a job's failure reason."""
    arguments = read_arguments(argv)
    try:
        settings = read_settings(arguments)
        booster, metadata = train(read_training_set(arguments.train), settings)
    except Exception as error:
        folder = Path(arguments.output_dir)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "failure").write_text(str(error))
        traceback.print_exc()
        return 1
    folder = Path(arguments.model_dir)
    folder.mkdir(parents=True, exist_ok=True)
    booster.save_model(folder / "model.json")
    (folder / "metadata.json").write_text(json.dumps(metadata, indent=2))
    print_metrics(metadata)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
