"""Trains a binary classifier on point-in-time features, in SageMaker's script mode.

Reads the channel `train` (Parquet) and the channel `pipeline` (the published pipeline document),
writes model.json and metadata.json, and prints one metric a line as `name=value`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xgboost

from features import (
    Matrix,
    ModelSpec,
    Split,
    TrainingDataError,
    feature_names,
    matrix,
    split_by_time,
)
from metrics import auc, log_loss, pr_auc

PARAMETERS: dict[str, Any] = {
    "objective": "binary:logistic",
    "eval_metric": "logloss",
    "tree_method": "hist",
    "max_depth": 4,
    "eta": 0.05,
    "min_child_weight": 20,
    "subsample": 0.8,
    "colsample_bytree": 0.8,
}
MAX_ROUNDS = 600
PATIENCE_ROUNDS = 40
THREADS = 2


def read_rows(folder: Path) -> pd.DataFrame:
    """Every Parquet file of the channel; raises TrainingDataError when there is no row."""
    files = sorted(folder.rglob("*.parquet"))
    rows = pd.concat([pd.read_parquet(file) for file in files]) if files else pd.DataFrame()
    if rows.empty:
        raise TrainingDataError(
            "Cannot train: the training set has no rows. Run gold with training data first."
        )
    return rows


def read_spec(folder: Path) -> ModelSpec:
    """The model section of the pipeline document; raises TrainingDataError without one."""
    files = sorted(folder.rglob("*.json"))
    document = json.loads(files[0].read_text()) if files else {}
    if "model" not in document:
        raise TrainingDataError(
            "Cannot train: the pipeline document has no section model. Add it to pipeline.yml."
        )
    return ModelSpec.of(document["model"])


def fit(train: Matrix, validation: Matrix, seed: int, features: list[str]) -> xgboost.Booster:
    """Boosted trees, stopped when the validation set's log-loss no longer falls."""
    return xgboost.train(
        {**PARAMETERS, "seed": seed, "nthread": THREADS},
        xgboost.DMatrix(train.inputs, train.labels, feature_names=features),
        num_boost_round=MAX_ROUNDS,
        evals=[
            (xgboost.DMatrix(validation.inputs, validation.labels, feature_names=features), "valid")
        ],
        early_stopping_rounds=PATIENCE_ROUNDS,
        verbose_eval=False,
    )


def fit_baseline(train: Matrix, validation: Matrix, seed: int, name: str) -> xgboost.Booster:
    """The same learner with one feature that may only push the score one way: a ranking by it."""
    direction = 1 if np.nanmean(train.inputs[train.labels == 1]) >= np.nanmean(
        train.inputs[train.labels == 0]
    ) else -1
    return xgboost.train(
        {**PARAMETERS, "colsample_bytree": 1.0, "seed": seed, "nthread": THREADS,
         "monotone_constraints": f"({direction})"},
        xgboost.DMatrix(train.inputs, train.labels, feature_names=[name]),
        num_boost_round=MAX_ROUNDS,
        evals=[
            (xgboost.DMatrix(validation.inputs, validation.labels, feature_names=[name]), "valid")
        ],
        early_stopping_rounds=PATIENCE_ROUNDS,
        verbose_eval=False,
    )


def measure(booster: xgboost.Booster, test: Matrix, features: list[str]) -> dict[str, float]:
    """The three metrics over the test set."""
    data = xgboost.DMatrix(test.inputs, feature_names=features)
    scores = booster.predict(data, iteration_range=(0, booster.best_iteration + 1))
    scores = scores.astype(np.float64)
    return {
        "auc": auc(test.labels, scores),
        "pr_auc": pr_auc(test.labels, scores),
        "log_loss": log_loss(test.labels, scores),
    }


def train_model(rows: pd.DataFrame, spec: ModelSpec) -> tuple[xgboost.Booster, dict[str, Any]]:
    """The model, cut to its best round, and what is told of it."""
    features = feature_names(rows, spec)
    split = split_by_time(rows, spec)
    booster, metrics = _fit_and_measure(split, spec, features, fit)
    _, baseline = _fit_and_measure(split, spec, [spec.baseline], _fit_baseline_of)
    return booster[: booster.best_iteration + 1], {
        "name": spec.name,
        "features": features,
        "metrics": metrics,
        "baseline": baseline,
        "baselineFeature": spec.baseline,
        "seed": spec.seed,
        "rounds": booster.best_iteration + 1,
        "testFrom": split.test_from,
        "rows": {
            "train": len(split.train),
            "validation": len(split.validation),
            "test": len(split.test),
        },
        "importance": booster.get_score(importance_type="gain"),
    }


def _fit_baseline_of(
    train: Matrix, validation: Matrix, seed: int, features: list[str]
) -> xgboost.Booster:
    return fit_baseline(train, validation, seed, features[0])


def _fit_and_measure(
    split: Split, spec: ModelSpec, features: list[str], fitting: Any
) -> tuple[xgboost.Booster, dict[str, float]]:
    train, validation, test = (
        matrix(part, features, spec.label) for part in (split.train, split.validation, split.test)
    )
    booster = fitting(train, validation, spec.seed, features)
    return booster, measure(booster, test, features)


def parse_arguments(argv: list[str]) -> argparse.Namespace:
    """Hyperparameters and folders as the training toolkit gives them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pipeline", required=True)
    parser.add_argument("--pipeline_key", required=True)
    parser.add_argument("--interval", required=True)
    parser.add_argument("--run_id", required=True)
    parser.add_argument("--train", type=Path, default=os.environ.get("SM_CHANNEL_TRAIN"))
    parser.add_argument("--document", type=Path, default=os.environ.get("SM_CHANNEL_PIPELINE"))
    parser.add_argument("--model_dir", type=Path, default=os.environ.get("SM_MODEL_DIR"))
    return parser.parse_args(argv)


def run(arguments: argparse.Namespace) -> None:
    """Reads, trains, writes, and prints the metrics."""
    spec = read_spec(arguments.document)
    booster, metadata = train_model(read_rows(arguments.train), spec)
    metadata |= {
        name: getattr(arguments, name) for name in ("pipeline", "pipeline_key", "interval")
    }
    arguments.model_dir.mkdir(parents=True, exist_ok=True)
    booster.save_model(arguments.model_dir / "model.json")
    (arguments.model_dir / "metadata.json").write_text(json.dumps(metadata, indent=2))
    print(f"seed={spec.seed}")
    for name, value in metadata["metrics"].items():
        print(f"{name}={value:.6f}")
    for name, value in metadata["baseline"].items():
        print(f"baseline_{name}={value:.6f}")


def main() -> int:
    """Exit code 0, or 1 with the reason where SageMaker looks for it."""
    try:
        run(parse_arguments(sys.argv[1:]))
    except Exception as error:
        reason = str(error) if isinstance(error, TrainingDataError) else traceback.format_exc()
        failure = Path(os.environ.get("SM_OUTPUT_DIR", "/opt/ml/output")) / "failure"
        failure.parent.mkdir(parents=True, exist_ok=True)
        failure.write_text(reason)
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
