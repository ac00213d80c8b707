"""Bronze to silver: started by the medallion state machine with the documents of one interval."""

from __future__ import annotations

import sys

from pyspark.sql import SparkSession

from awsglue.utils import getResolvedOptions
from pipeline.job_args import REQUIRED, job_args
from pipeline.runs import run_silver


def main() -> None:
    """Arguments in, tables out; what goes wrong ends the job with its name and reason."""
    options = getResolvedOptions(sys.argv, REQUIRED)
    run_silver(SparkSession.builder.getOrCreate(), job_args(options))


if __name__ == "__main__":
    main()
