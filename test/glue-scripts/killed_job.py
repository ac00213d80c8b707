"""The silver job as a process that a test kills, and what its tables hold afterwards."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from emulator import ARTIFACTS, REPOSITORY, SMALL_FRAMES, Lake, aws_environment, spark_settings
from shop import Shop

if TYPE_CHECKING:
    from pathlib import Path

    from pausing_proxy import Moment, Proxy
    from pyspark.sql import SparkSession

# In the order in which an interval is committed to them.
TABLES = ("rejects", "dim_customers", "fact_orders")
INTERVALS = ("i1", "i2")
SECONDS_TO_GET_THERE = 240


def two_intervals(spark: SparkSession, endpoint: str, prefix: str) -> Shop:
    """A shop in a lake of its own, with two intervals in bronze."""
    lake = Lake(endpoint, prefix)
    lake.create()
    shop = Shop(spark, lake)
    for interval in INTERVALS:
        shop.put(interval)
    return shop


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
        code, committed = self._disturb(interval, moment)
        assert code == -signal.SIGKILL, self._log()
        return committed

    def kill_if_at(self, interval: str, moment: Moment) -> set[str]:
        """As kill_at; but a job that ends before the moment comes has to have ended well."""
        code, committed = self._disturb(interval, moment)
        assert code in (-signal.SIGKILL, 0), self._log()
        return committed

    def _disturb(self, interval: str, moment: Moment) -> tuple[int, set[str]]:
        """The job's exit code, and the tables committed when its moment came or it ended."""
        self.proxy.hold_at(moment)
        process = self.start(interval)
        try:
            deadline = time.monotonic() + SECONDS_TO_GET_THERE
            while process.poll() is None and not self.proxy.held.wait(0.1):
                assert time.monotonic() < deadline, self._log()
            committed = self.committed(interval)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            self.proxy.drop()
        return process.wait(), committed

    def committed(self, interval: str) -> set[str]:
        return {table for table in TABLES if interval in stamps(self.shop, table)}

    def _log(self) -> str:
        return (self.folder / "log").read_text()[-4000:]


def run_again(shop: Shop, interval: str) -> None:
    """Runs the job in this process, whose session forgets what it knew of the tables before."""
    for table in TABLES:
        name = f"lake.{shop.lake.prefix}_silver.{table}"
        if shop.spark.catalog.tableExists(name):
            shop.spark.catalog.refreshTable(name)
    shop.silver(interval)


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


def has_report(shop: Shop, interval: str) -> bool:
    try:
        shop.lake.s3.head_object(
            Bucket=ARTIFACTS, Key=f"quality/{shop.lake.prefix}/{interval}/silver.report.json"
        )
    except ClientError:
        return False
    return True
