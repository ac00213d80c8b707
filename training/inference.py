"""Serves the model in the XGBoost container: rows of features in, probabilities out."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xgboost


@dataclass(frozen=True)
class ServedModel:
    """A booster and the names of its inputs in their order."""

    booster: xgboost.Booster
    features: tuple[str, ...]


def model_fn(model_dir: str) -> ServedModel:
    """Loads what train.py wrote."""
    folder = Path(model_dir)
    booster = xgboost.Booster()
    booster.load_model(folder / "model.json")
    metadata = json.loads((folder / "metadata.json").read_text())
    return ServedModel(booster, tuple(metadata["features"]))


def input_fn(body: str | bytes, content_type: str) -> pd.DataFrame:
    """JSON records or CSV with a header; raises ValueError for anything else."""
    text = body.decode() if isinstance(body, bytes) else body
    if content_type == "application/json":
        return pd.DataFrame.from_records(json.loads(text))
    if content_type == "text/csv":
        return pd.read_csv(io.StringIO(text))
    raise ValueError(f"Cannot read {content_type}. Send application/json or text/csv.")


def predict_fn(rows: pd.DataFrame, model: ServedModel) -> np.ndarray:
    """One probability a row, by the features' names; raises ValueError when one is missing."""
    missing = [name for name in model.features if name not in rows.columns]
    if missing:
        raise ValueError(f"Cannot predict: {', '.join(missing)} is missing. Send every feature.")
    inputs = rows[list(model.features)].astype("float64").to_numpy()
    data = xgboost.DMatrix(inputs, feature_names=list(model.features))
    return model.booster.predict(data)
