"""The silver job killed at requests that a seed chooses, over and over; run by the soak alone."""

from __future__ import annotations

import os
import random
import time
from typing import TYPE_CHECKING

from killed_job import INTERVALS, TABLES, Job, run_again, two_intervals, values
from pausing_proxy import ANY, Moment, pausing_proxy

if TYPE_CHECKING:
    import pytest
    from pyspark.sql import SparkSession

# A job of these intervals makes fewer requests; one that ends before its moment was not disturbed.
MOST_REQUESTS = 200


def test_a_job_killed_at_any_request_and_run_again_gives_the_same_values(
    spark: SparkSession, endpoint: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    seed = os.environ.get("SNOWMELT_SEED", "1")
    until = time.monotonic() + 60 * float(os.environ.get("SNOWMELT_MINUTES", "0"))
    chosen = random.Random(seed)
    undisturbed = two_intervals(spark, endpoint, f"soak{seed}")
    for interval in INTERVALS:
        undisturbed.silver(interval)
    expected = values(undisturbed)

    for number in range(1, 1_000_000):
        shop = two_intervals(spark, endpoint, f"soak{seed}n{number}")
        with pausing_proxy(endpoint) as proxy:
            job = Job(shop, proxy, tmp_path_factory.mktemp("job"))
            for interval in INTERVALS:
                side = chosen.choice(["before", "after"])
                moment = Moment(ANY, (), side, skip=chosen.randrange(MOST_REQUESTS))
                committed = job.kill_if_at(interval, moment)
                assert is_in_order(committed, interval), moment
                run_again(shop, interval)
        assert values(shop) == expected
        if time.monotonic() >= until:
            break


def is_in_order(committed: set[str], interval: str) -> bool:
    """True when no table was committed before one that comes before it."""
    order = TABLES if interval == "i1" else TABLES[1:]  # the second brings no row to reject
    return committed == set(order[: len(committed)])
