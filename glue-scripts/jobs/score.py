"""Scores the newest features by the current model."""

from __future__ import annotations

import sys

from pyspark.sql import SparkSession

from awsglue.utils import getResolvedOptions
from pipeline.job_args import REQUIRED, job_args
from pipeline.runs import run_score


def main() -> None:
    """Arguments in, tables out; what goes wrong ends the job with its name and reason."""
    options = getResolvedOptions(sys.argv, [*REQUIRED, "model_key"])
    run_score(SparkSession.builder.getOrCreate(), job_args(options))


if __name__ == "__main__":
    main()
