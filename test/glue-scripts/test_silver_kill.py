"""The silver job is killed at every boundary; run again, its tables hold what an undisturbed run
gives."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from killed_job import INTERVALS, Job, has_report, run_again, two_intervals, values
from pausing_proxy import Moment, pausing_proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession


@dataclass(frozen=True)
class Place:
    """Where a run of an interval dies, and the tables that it has been committed to by then."""

    interval: str
    name: str
    moment: Moment
    committed: frozenset[str] = frozenset()
    only_soak: bool = False


READ, COMMIT, WRITE = "GET", "UpdateTable", "PUT"
DIMENSION, FACT, REJECTS = ('"dim_customers"', '"fact_orders"', '"rejects"')
REPORT = "silver.report.json"
BOTH = frozenset({"dim_customers", "fact_orders"})
PLACES = [
    Place(
        "i1",
        "before the first read",
        Moment("HEAD", ("part-0000.parquet",), "before"),
        only_soak=True,
    ),
    Place("i1", "during the read", Moment(READ, ("orders", "part-0000.parquet"), "after")),
    Place(
        "i1",
        "before the rejects' commit",
        Moment(COMMIT, (REJECTS,), "before"),
        only_soak=True,
    ),
    Place(
        "i1",
        "after the rejects' commit",
        Moment(COMMIT, (REJECTS,), "after"),
        frozenset({"rejects"}),
    ),
    Place(
        "i1",
        "between two tables",
        Moment(COMMIT, (DIMENSION,), "after"),
        frozenset({"rejects", "dim_customers"}),
    ),
    Place(
        "i2",
        "before a merge's commit",
        Moment(COMMIT, (DIMENSION,), "before"),
        only_soak=True,
    ),
    Place(
        "i2",
        "after a merge's commit",
        Moment(COMMIT, (DIMENSION,), "after"),
        frozenset({"dim_customers"}),
    ),
    Place("i2", "before the report", Moment(WRITE, (REPORT,), "before"), BOTH),
    Place(
        "i2",
        "between report and end",
        Moment(WRITE, (REPORT,), "after"),
        BOTH,
        only_soak=True,
    ),
]


def places(interval: str) -> list[Place]:
    """A soak's places are all; the others are the boundaries of reading, of commits, of the job."""
    is_soak = os.environ.get("SNOWMELT_SOAK") == "1"
    return [
        place for place in PLACES if place.interval == interval and (is_soak or not place.only_soak)
    ]


@pytest.fixture(scope="module")
def expected(spark: SparkSession, endpoint: str) -> dict[str, list[dict[str, Any]]]:
    shop = two_intervals(spark, endpoint, "undisturbed")
    for interval in INTERVALS:
        shop.silver(interval)
    return values(shop)


@pytest.fixture(scope="module")
def job(
    spark: SparkSession, endpoint: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Job]:
    shop = two_intervals(spark, endpoint, "killed")
    with pausing_proxy(endpoint) as proxy:
        yield Job(shop, proxy, tmp_path_factory.mktemp("job"))


def test_a_job_killed_at_any_boundary_and_run_again_gives_the_same_values(
    job: Job, expected: dict[str, list[dict[str, Any]]]
) -> None:
    for interval in INTERVALS:
        for place in places(interval):
            assert job.kill_at(interval, place.moment) == place.committed, place.name
            ended = place.name == "between report and end"
            assert has_report(job.shop, interval) == ended, place.name
        run_again(job.shop, interval)

    assert values(job.shop) == expected
    assert job.committed("i2") == BOTH
