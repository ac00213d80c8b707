"""Training as the container runs it: folders in, a model, its metadata and printed figures out."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import inference
import train
from features import feature_names, to_matrix
from time_split import split_by_time

if TYPE_CHECKING:
    from pathlib import Path

MODEL = {
    "name": "churn",
    "entity": ["customer_key"],
    "as_of": "as_of_date",
    "label": "churned",
    "baseline": "days_since_last_order",
    "seed": 7,
    "test_share": 0.25,
}
MONTHS = [datetime.date(2025, month, 1) for month in range(1, 13)]


def customers(count: int = 400, **columns: Any) -> pa.Table:
    """Customers at twelve dates. Churn depends on recency and, beside it, on late deliveries."""
    random = np.random.default_rng(3)
    rows = count * len(MONTHS)
    recency = random.integers(1, 120, rows)
    late = random.integers(0, 4, rows)
    chance = 1 / (1 + np.exp(-(recency / 40 + late - 3.5)))
    return pa.table(
        {
            "customer_key": pa.array(np.tile(np.arange(count), len(MONTHS))),
            "as_of_date": pa.array(np.repeat(np.array(MONTHS, dtype="datetime64[D]"), count)),
            "days_since_last_order": pa.array(recency),
            "late_deliveries": pa.array(late, mask=random.random(rows) < 0.1),
            "churned": pa.array((random.random(rows) < chance).astype(np.int32)),
            **columns,
        }
    )


class Container:
    """The folders that SageMaker gives a training script."""

    def __init__(self, root: Path, table: pa.Table | None, model: dict[str, Any] | None) -> None:
        self.root = root
        for folder in ("train/part", "pipeline"):
            (root / folder).mkdir(parents=True)
        if table is not None:
            pq.write_table(table, root / "train/part/part-0.parquet")
        (root / "pipeline/shop.json").write_text(json.dumps({"name": "shop", "model": model}))

    def run(self, *extra: str) -> int:
        folders = {
            "train": "train",
            "pipeline_folder": "pipeline",
            "model_dir": "model",
            "output_dir": "output",
        }
        words = [w for name, path in folders.items() for w in (f"--{name}", str(self.root / path))]
        return train.main([*words, *extra])

    @property
    def metadata(self) -> dict[str, Any]:
        return json.loads((self.root / "model/metadata.json").read_text())

    @property
    def failure(self) -> str:
        return (self.root / "output/failure").read_text()


def test_a_model_beats_the_baseline_on_dates_it_has_not_seen(tmp_path: Path) -> None:
    container = Container(tmp_path, customers(), MODEL)

    assert container.run("--pipeline", "shop", "--run_id", "r1") == 0

    known = container.metadata
    assert known["features"] == ["days_since_last_order", "late_deliveries"]
    assert known["testFrom"] == "2025-10-01"
    assert known["validationFrom"] == "2025-08-01"
    assert known["rows"] == {"fit": 7 * 400, "validation": 2 * 400, "test": 3 * 400}
    assert known["metrics"]["auc"] > known["baseline"]["auc"] + 0.02
    assert known["metrics"]["log_loss"] < known["baseline"]["log_loss"]
    assert known["baselineFeature"] == "days_since_last_order"


def test_metrics_are_printed_one_per_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    container = Container(tmp_path, customers(), MODEL)

    container.run()

    printed = dict(line.split("=") for line in capsys.readouterr().out.splitlines())
    assert float(printed["auc"]) == pytest.approx(container.metadata["metrics"]["auc"], abs=1e-6)
    assert {"pr_auc", "log_loss", "baseline_auc", "baseline_pr_auc", "seed"} <= printed.keys()


def test_the_same_rows_in_another_order_give_the_same_model(tmp_path: Path) -> None:
    table = customers()
    shuffled = table.take(np.random.default_rng(1).permutation(table.num_rows))
    one, other = (
        Container(tmp_path / "one", table, MODEL),
        Container(tmp_path / "other", shuffled, MODEL),
    )

    one.run()
    other.run()

    assert one.metadata == other.metadata
    assert (one.root / "model/model.json").read_bytes() == (
        other.root / "model/model.json"
    ).read_bytes()


def test_a_hyperparameter_goes_before_the_pipeline_document(tmp_path: Path) -> None:
    container = Container(tmp_path, customers(), MODEL)

    container.run("--seed", "11", "--test_share", "0.5")

    assert (container.metadata["seed"], container.metadata["testFrom"]) == (11, "2025-07-01")


@pytest.mark.parametrize(
    ("name", "table", "model", "message"),
    [
        ("no files", None, MODEL, "the channel `train` has no rows"),
        ("no rows", customers().slice(0, 0), MODEL, "the channel `train` has no rows"),
        ("no model", customers(), None, "no document with a section model"),
        (
            "one class",
            customers().set_column(4, "churned", pa.array(np.zeros(4800, np.int32))),
            MODEL,
            "all 2800 rows for fit have the same value",
        ),
        (
            "another label",
            customers().set_column(4, "churned", pa.array(np.full(4800, 2, np.int32))),
            MODEL,
            "values other than 0 and 1",
        ),
        (
            "two dates",
            customers().slice(0, 800),
            MODEL,
            "of 2 as-of dates 1 end",
        ),
        (
            "a feature of text",
            customers(segment=pa.array(["a"] * 4800)),
            MODEL,
            "Cannot use the features segment",
        ),
    ],
)
def test_what_cannot_be_trained_on_is_said_where_the_service_reads_it(
    tmp_path: Path, name: str, table: pa.Table, model: dict[str, Any], message: str
) -> None:
    container = Container(tmp_path, table, model)

    assert container.run() == 1, name

    assert message in container.failure
    assert not (tmp_path / "model").exists()


def test_features_are_the_numbers_that_are_neither_identity_nor_label() -> None:
    table = customers(1, is_new=pa.array([True] * 12))

    names = feature_names(table, ["customer_key", "as_of_date", "churned"])

    assert names == ["days_since_last_order", "late_deliveries", "is_new"]


def test_a_null_is_a_missing_value_of_the_matrix() -> None:
    table = pa.table({"a": pa.array([1, None]), "b": pa.array([True, False])})

    matrix = to_matrix(table, ["b", "a"])

    np.testing.assert_array_equal(matrix, np.array([[1.0, 1.0], [0.0, np.nan]]))


def test_the_split_keeps_every_row_of_a_date_together() -> None:
    dates = [datetime.date(2025, month, 1) for month in (3, 1, 2, 3, 4, 1)]

    split = split_by_time(dates, 0.25)

    assert split.test.tolist() == [False, False, False, False, True, False]
    assert split.validation.tolist() == [True, False, False, True, False, False]
    assert split.fit.tolist() == [False, True, True, False, False, True]


def test_a_served_model_scores_as_the_trained_one(tmp_path: Path) -> None:
    Container(tmp_path, customers(), MODEL).run()
    model = inference.model_fn(str(tmp_path / "model"))
    row = {"days_since_last_order": 100, "late_deliveries": None}

    by_name = inference.predict_fn(inference.input_fn(json.dumps([row]), "application/json"), model)
    by_place = inference.predict_fn(inference.input_fn("100,\n5,0\n", "text/csv"), model)

    assert by_name[0] == by_place[0]
    assert by_place[0] > by_place[1]


def test_a_request_without_a_feature_is_refused_by_name(tmp_path: Path) -> None:
    Container(tmp_path, customers(), MODEL).run()
    model = inference.model_fn(str(tmp_path / "model"))

    with pytest.raises(ValueError, match="it lacks late_deliveries"):
        inference.predict_fn([{"days_since_last_order": 1}], model)


def test_dates_whose_labels_reach_into_the_test_are_left_out() -> None:
    dates = [datetime.date(2025, month, 1) for month in range(1, 9)]

    split = split_by_time(dates, 0.25, horizon_days=91)

    assert (split.validation_from, split.test_from) == ("2025-04-01", "2025-07-01")
    assert split.fit.tolist() == [True] * 3 + [False] * 5
    assert split.validation.tolist() == [False] * 3 + [True] + [False] * 4
    assert split.test.tolist() == [False] * 6 + [True] * 2
