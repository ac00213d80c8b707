"""The silver job is killed at every boundary; run again, its tables hold what an undisturbed run
gives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from emulator import ARTIFACTS, REPOSITORY, SMALL_FRAMES, Lake, aws_environment, spark_settings
from pausing_proxy import Moment, Proxy, pausing_proxy
from shop import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyspark.sql import SparkSession

TABLES = ("dim_customers", "fact_orders", "rejects")
SECONDS_TO_GET_THERE = 240

READ, COMMIT = "GET", "UpdateTable"
DIMENSION, FACT, REJECTS = ('"dim_customers"', '"fact_orders"', '"rejects"')
# Interval, where it dies, and the tables that the interval has been committed to by then.
PLACES: list[tuple[str, str, Moment, set[str]]] = [
    ("i1", "before the first read", Moment("HEAD", ("part-0000.parquet",), "before"), set()),
    ("i1", "during the read", Moment(READ, ("orders", "part-0000.parquet"), "after"), set()),
    ("i1", "before the rejects' commit", Moment(COMMIT, (REJECTS,), "before"), set()),
    ("i1", "after the rejects' commit", Moment(COMMIT, (REJECTS,), "after"), {"rejects"}),
    (
        "i1",
        "between two tables",
        Moment(COMMIT, (DIMENSION,), "after"),
        {"rejects", "dim_customers"},
    ),
    ("i2", "before a merge's commit", Moment(COMMIT, (DIMENSION,), "before"), set()),
    ("i2", "after a merge's commit", Moment(COMMIT, (DIMENSION,), "after"), {"dim_customers"}),
    (
        "i2",
        "before the report",
        Moment("PUT", ("silver.report.json",), "before"),
        {"dim_customers", "fact_orders"},
    ),
    (
        "i2",
        "between report and end",
        Moment("PUT", ("silver.report.json",), "after"),
        {"dim_customers", "fact_orders"},
    ),
]


class Job:
    """The silver job as a process group of its own, with the emulator behind a proxy."""

    def __init__(self, shop: Shop, proxy: Proxy, folder: Path) -> None:
        self.shop, self.proxy, self.folder = shop, proxy, folder
        settings = {
            **spark_settings(proxy.url, folder / "scratch"),
            **SMALL_FRAMES,
        }
        (folder / "conf").mkdir()
        lines = [f"{name} {value}\n" for name, value in settings.items()]
        (folder / "conf/spark-defaults.conf").write_text("".join(lines))

    def start(self, interval: str) -> subprocess.Popen[bytes]:
        args = self.shop.args(interval)
        given = {
            name: getattr(args, name)
            for name in (
                "pipeline_key",
                "interval_key",
                "lake_bucket",
                "artifacts_bucket",
                "database_prefix",
                "run_id",
            )
        }
        words = [word for name, value in given.items() for word in (f"--{name}", value)]
        environment = {
            **os.environ,
            **aws_environment(self.proxy.url),
            "SPARK_CONF_DIR": str(self.folder / "conf"),
            "PYTHONPATH": f"{REPOSITORY / 'glue-scripts'}:{REPOSITORY / 'local/jobs'}",
        }
        script = str(REPOSITORY / "glue-scripts/jobs/silver.py")
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, script, "--JOB_NAME", "silver", *words],
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill_at(self, interval: str, moment: Moment) -> set[str]:
        """Kills the whole group while the request is held; gives the tables committed by then."""
        self.proxy.hold_at(moment)
        process = self.start(interval)
        try:
            assert self.proxy.held.wait(SECONDS_TO_GET_THERE), self._log()
            assert process.poll() is None
            committed = self.committed(interval)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self.proxy.drop()
        assert process.returncode == -signal.SIGKILL
        return committed

    def run(self, interval: str) -> None:
        process = self.start(interval)
        assert process.wait(SECONDS_TO_GET_THERE) == 0, self._log()

    def committed(self, interval: str) -> set[str]:
        return {table for table in TABLES if interval in stamps(self.shop, table)}

    def _log(self) -> str:
        return (self.folder / "log").read_text()[-4000:]


def stamps(shop: Shop, table: str) -> set[str]:
    """The intervals whose snapshots the table has."""
    snapshots = shop.open_by_pyiceberg("silver", table)
    if snapshots is None:
        return set()
    return {
        snapshot.summary.additional_properties["snowmelt.interval"]
        for snapshot in snapshots.snapshots()
        if snapshot.summary
    }


def values(shop: Shop) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, all columns, as a reader that is not Spark sees them."""
    tables = {name: shop.read_by_pyiceberg("silver", name).to_pylist() for name in TABLES}
    for rows in tables.values():
        for row in rows:
            row.pop("file", None)  # holds the name of the lake, which two lakes do not share
        rows.sort(key=repr)
    return tables


@pytest.fixture(scope="module")
def expected(spark: SparkSession, endpoint: str) -> dict[str, list[dict[str, Any]]]:
    lake = Lake(endpoint, "undisturbed")
    lake.create()
    shop = Shop(spark, lake)
    for interval in ("i1", "i2"):
        shop.put(interval)
        shop.silver(interval)
    return values(shop)


@pytest.fixture(scope="module")
def job(
    spark: SparkSession, endpoint: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Job]:
    lake = Lake(endpoint, "killed")
    lake.create()
    shop = Shop(spark, lake)
    for interval in ("i1", "i2"):
        shop.put(interval)
    with pausing_proxy(endpoint) as proxy:
        yield Job(shop, proxy, tmp_path_factory.mktemp("job"))


def has_report(shop: Shop, interval: str) -> bool:
    try:
        shop.lake.s3.head_object(
            Bucket=ARTIFACTS, Key=f"quality/{shop.lake.prefix}/{interval}/silver.report.json"
        )
    except ClientError:
        return False
    return True


def test_a_job_killed_at_any_boundary_and_run_again_gives_the_same_values(
    job: Job, expected: dict[str, list[dict[str, Any]]]
) -> None:
    for interval, place, moment, committed in PLACES:
        if interval == "i2" and not has_report(job.shop, "i1"):
            job.run("i1")
        assert job.kill_at(interval, moment) == committed, place
        assert has_report(job.shop, interval) == (place == "between report and end"), place

    job.run("i2")

    assert values(job.shop) == expected
    assert job.committed("i2") == {"dim_customers", "fact_orders"}
