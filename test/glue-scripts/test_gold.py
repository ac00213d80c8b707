"""The gold job: order of models, what a merge writes, the date it runs for, and training sets."""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from contracts import at, frame
from emulator import ARTIFACTS
from shop import GOLD, Shop, by_table

import train
from pipeline.documents import as_of_date
from pipeline.errors import TerminalError
from pipeline.gold_models import in_order, render
from pipeline.merge import plan_merge
from pipeline.plan import OP

if TYPE_CHECKING:
    from pathlib import Path

    from emulator import Lake
    from pyspark.sql import SparkSession


@pytest.fixture
def shop(spark: SparkSession, lake: Lake) -> Shop:
    made = Shop(spark, lake)
    for interval in ("i1", "i2"):
        made.put(interval)
    return made


def model(table: str, sql: str, *key: str) -> dict[str, Any]:
    return {"table": table, "grain": "", "key": list(key or ("k",)), "sql": sql}


def test_a_model_runs_after_those_it_reads() -> None:
    models: Any = [
        model("c", "select * from ${gold}.b join ${gold}.a"),
        model("b", "select * from ${gold} . `a` -- not ${gold}.c"),
        model("a", "select 1 as k /* ${gold}.b */"),
    ]

    assert [one["table"] for one in in_order(models)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ([model("a", "${gold}.b"), model("b", "${gold}.a")], "in a circle"),
        ([model("a", "select * from ${gold}.a")], "in a circle"),
        ([model("a", "select * from ${gold}.nowhere")], "it reads nowhere, which no model"),
    ],
)
def test_models_that_cannot_be_ordered_are_refused(models: Any, message: str) -> None:
    with pytest.raises(TerminalError, match=message):
        in_order(models)


def test_an_unknown_variable_is_refused_by_name() -> None:
    one: Any = model("a", "select ${today}")

    with pytest.raises(TerminalError, match=r"no variable today. Use as_of, silver"):
        render(one, {"silver": "s", "as_of": "2026-01-01"})


@pytest.mark.parametrize(
    ("manifests", "expected"),
    [
        ([("2026-01-02 00:00:00.000000000", "2026-09-09T01:00:00Z")], "2026-01-02"),
        ([("2026-01-02 00:00:00", "x"), ("2026-01-05 10:00:00", "x")], "2026-01-05"),
        ([(None, "2026-03-04T01:00:00Z")], "2026-03-04"),
        ([("1000000", "2026-03-04T01:00:00Z")], "2026-03-04"),
    ],
)
def test_the_date_of_an_interval_comes_from_its_data(
    manifests: list[tuple[str | None, str]], expected: str
) -> None:
    documents: Any = [
        {"window": {"to": to} if to else None, "snapshotAt": snapshot} for to, snapshot in manifests
    ]

    assert as_of_date(documents) == expected


def test_a_merge_inserts_updates_and_deletes_what_differs_and_nothing_else(
    spark: SparkSession,
) -> None:
    schema = "k string, v double, n int"
    stored = frame(
        spark,
        [
            ("same", 1.0, 1),
            ("close", 0.1 + 0.2, 1),
            ("changed", 1.0, 1),
            ("gone", 1.0, 1),
            (None, 1.0, None),
        ],
        schema,
    )
    wanted = frame(
        spark,
        [
            ("same", 1.0, 1),
            ("close", 0.3, 1),
            ("changed", 1.0, None),
            ("new", 1.0, 1),
            (None, 1.0, None),
        ],
        schema,
    )

    plan = plan_merge(wanted, stored, ["k"], delete_missing=True)

    assert {row["k"]: row[OP] for row in plan.collect()} == {
        "same": "same",
        "close": "same",
        "changed": "update",
        "gone": "delete",
        "new": "insert",
        None: "same",
    }


def test_gold_is_built_in_order_and_reported(shop: Shop) -> None:
    shop.silver("i1")

    report = by_table(shop.gold("i1"))

    assert shop.rows("gold", "totals", "customer_id", "orders", "cast(amount as string)") == [
        ("C1", 2, "17.50")
    ]
    assert shop.rows("gold", "ranking") == [("C1", 1)]
    assert (report["totals"]["inserted"], report["totals"]["rows"]) == (1, 1)


def test_gold_that_runs_again_writes_nothing(shop: Shop) -> None:
    shop.silver("i1")
    shop.gold("i1")

    report = by_table(shop.gold("i1"))

    assert [shop.snapshots("gold", table) for table in ("totals", "ranking")] == [1, 1]
    assert report["totals"]["unchanged"] == 1


def test_an_older_interval_does_not_take_the_date_of_gold_back(shop: Shop) -> None:
    for interval in ("i1", "i2"):
        shop.silver(interval)
        shop.gold(interval)
    before = shop.rows("gold", "totals")

    shop.silver("i1")
    shop.gold("i1")

    assert shop.rows("gold", "totals") == before
    assert before[0][-1] == at("2026-02-02").date()


def test_a_model_with_other_columns_replaces_its_table_and_keeps_its_history(shop: Shop) -> None:
    shop.silver("i1")
    shop.gold("i1")
    wider = {**GOLD[0], "sql": "select customer_id, 1 as place, 'x' as more from ${gold}.totals"}
    other = Shop(shop.spark, shop.lake, gold=[wider, GOLD[1]])

    other.gold("i1")

    assert shop.rows("gold", "ranking") == [("C1", 1, "x")]
    assert shop.snapshots("gold", "ranking") == 2


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select customer_id as k from ${silver}.fact_orders", "come more than once"),
        ("select 1 as other", "gives no column k"),
        ("select k from ${silver}.not_there", "Cannot build gold table bad: "),
        ("selekt 1", "Cannot build gold table bad: "),
    ],
)
def test_a_model_that_cannot_be_built_is_named(shop: Shop, sql: str, message: str) -> None:
    shop.silver("i1")
    other = Shop(shop.spark, shop.lake, gold=[model("bad", sql)])

    with pytest.raises(TerminalError, match=message):
        other.gold("i1")


FEATURES = """
select c as customer_key, date_add(date '2025-01-01', 31 * m) as as_of_date,
       cast((c * 7 + m * 13) % 100 as int) as recency, if(c % 5 = 0, null, c % 3) as other
from (select explode(sequence(1, 60)) as c) cross join (select explode(sequence(0, 8)) as m)
"""
LABELS = """
select customer_key, as_of_date, if(recency + pmod(hash(customer_key, as_of_date), 60) > 75, 1, 0)
    as churned
from ${gold}.features where as_of_date < date '2025-08-01'
"""
CHURN = {
    "name": "churn",
    "features": "features",
    "labels": "labels",
    "entity": ["customer_key"],
    "as_of": "as_of_date",
    "label": "churned",
    "baseline": "recency",
    "predictions": "predictions",
}


@pytest.fixture
def churn(spark: SparkSession, lake: Lake) -> Shop:
    models = [
        model("features", FEATURES, "customer_key", "as_of_date"),
        model("labels", LABELS, "customer_key", "as_of_date"),
    ]
    made = Shop(spark, lake, silver=[], gold=models, checks=[], model=CHURN)
    made.put("i1")
    made.gold("i1", training_data=True)
    return made


def trained(shop: Shop, tmp_path: Path, name: str = "job-1") -> str:
    """Trains on what the gold job wrote, and puts the model where SageMaker would."""
    prefix = f"training-data/{shop.lake.prefix}/i1/"
    for folder in ("train", "pipeline"):
        (tmp_path / folder).mkdir(exist_ok=True)
    (tmp_path / "pipeline/p.json").write_text(json.dumps({"model": CHURN}))
    listed = shop.lake.s3.list_objects_v2(Bucket=ARTIFACTS, Prefix=prefix)["Contents"]
    for number, found in enumerate(o for o in listed if o["Key"].endswith(".parquet")):
        body = shop.lake.s3.get_object(Bucket=ARTIFACTS, Key=found["Key"])["Body"].read()
        (tmp_path / "train" / f"{number}.parquet").write_bytes(body)
    folders = ["--train", tmp_path / "train", "--pipeline_folder", tmp_path / "pipeline"]
    output = ["--model_dir", tmp_path / "model", "--output_dir", tmp_path / "output"]
    assert train.main([str(word) for word in [*folders, *output]]) == 0
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as files:
        files.add(tmp_path / "model", arcname=".")
    key = f"models/{shop.lake.prefix}/{name}/output/model.tar.gz"
    shop.lake.s3.put_object(Bucket=ARTIFACTS, Key=key, Body=archive.getvalue())
    return key


def test_a_training_set_has_a_row_for_each_date_that_has_its_label(
    churn: Shop, tmp_path: Path
) -> None:
    trained(churn, tmp_path)

    table = pq.read_table(next((tmp_path / "train").iterdir()))

    assert table.column_names == ["customer_key", "as_of_date", "recency", "other", "churned"]
    assert table.num_rows == 60 * 7
    assert max(table["as_of_date"].to_pylist()) < at("2025-08-01").date()


def test_the_newest_features_of_each_entity_are_scored_once(churn: Shop, tmp_path: Path) -> None:
    key = trained(churn, tmp_path)

    churn.score("i1", key)
    churn.score("i1", key)

    rows = churn.rows("gold", "predictions", "customer_key", "as_of_date", "score", "model_key")
    assert len(rows) == 60
    assert {row[1] for row in rows} == {at("2025-09-06").date()}
    assert all(0 < row[2] < 1 for row in rows)
    assert {row[3] for row in rows} == {key}
    assert churn.snapshots("gold", "predictions") == 1


def test_another_model_replaces_the_scores_of_a_date(churn: Shop, tmp_path: Path) -> None:
    churn.score("i1", trained(churn, tmp_path))
    other = trained(churn, tmp_path, "job-2")

    churn.score("i1", other)

    assert {row[0] for row in churn.rows("gold", "predictions", "model_key")} == {other}
    assert len(churn.rows("gold", "predictions")) == 60


def test_a_model_without_metadata_is_refused(churn: Shop) -> None:
    churn.lake.s3.put_object(Bucket=ARTIFACTS, Key="models/bad.tar.gz", Body=b"nothing")

    with pytest.raises(TerminalError, match=r"Cannot read the model models/bad.tar.gz"):
        churn.score("i1", "models/bad.tar.gz")
