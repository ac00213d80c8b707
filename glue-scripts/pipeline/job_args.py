"""What a job is told by the state machine: pointers to documents, and the names of the stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import TerminalError

if TYPE_CHECKING:
    from collections.abc import Mapping

REQUIRED = [
    "pipeline_key",
    "interval_key",
    "lake_bucket",
    "artifacts_bucket",
    "database_prefix",
    "run_id",
]


@dataclass(frozen=True)
class JobArgs:
    """Arguments of every job; `training_data` is the gold job's, `model_key` the score job's."""

    pipeline_key: str
    interval_key: str
    lake_bucket: str
    artifacts_bucket: str
    database_prefix: str
    run_id: str
    training_data: bool = False
    model_key: str = ""


def job_args(options: Mapping[str, str]) -> JobArgs:
    """Reads Glue's resolved options; raises TerminalError naming every argument that is empty."""
    missing = [name for name in REQUIRED if not options.get(name)]
    if missing:
        listed = ", ".join(f"--{name}" for name in missing)
        raise TerminalError(
            f"Cannot start the job: it was not given {listed}. "
            "Pass them as the state machine `medallion` does.",
            code="CONFIG_INVALID",
        )
    return JobArgs(
        **{name: options[name] for name in REQUIRED},
        training_data=options.get("training_data", "false").lower() == "true",
        model_key=options.get("model_key", ""),
    )
