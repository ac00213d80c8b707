"""Silver to gold, and the training set when training is due."""

from __future__ import annotations

import sys

from pyspark.sql import SparkSession

from awsglue.utils import getResolvedOptions
from pipeline.job_args import REQUIRED, job_args
from pipeline.runs import run_gold


def main() -> None:
    """Arguments in, tables out; what goes wrong ends the job with its name and reason."""
    options = getResolvedOptions(sys.argv, [*REQUIRED, "training_data"])
    run_gold(SparkSession.builder.getOrCreate(), job_args(options))


if __name__ == "__main__":
    main()
