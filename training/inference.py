"""Serves a trained model in SageMaker's script mode: rows in as CSV or JSON, a score for each out.

https://sagemaker.readthedocs.io/en/stable/frameworks/xgboost/using_xgboost.html#serve-an-xgboost-model
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xgboost

if TYPE_CHECKING:
    from features import Matrix, Vector


@dataclass(frozen=True)
class Model:
    """The booster, and the names of its inputs in their order."""

    booster: xgboost.Booster
    features: list[str]


def model_fn(model_dir: str) -> Model:
    """Loads what train.py saved."""
    folder = Path(model_dir)
    booster = xgboost.Booster()
    booster.load_model(folder / "model.json")
    return Model(booster, json.loads((folder / "metadata.json").read_text())["features"])


def input_fn(body: str | bytes, content_type: str) -> list[dict[str, Any]] | Matrix:
    """Rows of numbers in the model's order (text/csv, empty is missing), or objects by name (JSON).

    Raises ValueError for another content type.
    """
    text = body.decode() if isinstance(body, bytes) else body
    if content_type == "application/json":
        rows = json.loads(text)
        return rows if isinstance(rows, list) else [rows]
    if content_type == "text/csv":
        lines = [line for line in text.splitlines() if line.strip()]
        return np.array([[_number(cell) for cell in line.split(",")] for line in lines])
    raise ValueError(
        f"Cannot read a request of type {content_type}: send text/csv or application/json."
    )


def _number(cell: Any) -> float:
    return float("nan") if cell is None or cell == "" else float(cell)


def predict_fn(rows: list[dict[str, Any]] | Matrix, model: Model) -> Vector:
    """The probability of the label for each row. Raises ValueError where inputs are missing."""
    if isinstance(rows, list):
        missing = sorted({name for row in rows for name in model.features if name not in row})
        if missing:
            raise ValueError(
                f"Cannot score the request: it lacks {', '.join(missing)}. Send every feature; "
                "null stands for an unknown one."
            )
        rows = np.array([[_number(row[name]) for name in model.features] for row in rows])
    if rows.shape[1] != len(model.features):
        raise ValueError(
            f"Cannot score the request: its rows have {rows.shape[1]} numbers, the model takes "
            f"{len(model.features)}. Send them in the order of metadata.json."
        )
    return model.booster.inplace_predict(rows).astype(np.float64)
