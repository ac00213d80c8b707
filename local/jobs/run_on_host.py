"""Runs a job's script on a Java process that serves one job after the other.

    python run_on_host.py <settings> <script> [words of the script]

`settings` is the job's spark-defaults.conf. The host's address is in the variables that PySpark
reads, PYSPARK_GATEWAY_PORT and PYSPARK_GATEWAY_SECRET.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyspark import SparkContext
from pyspark.sql import SparkSession

if TYPE_CHECKING:
    from py4j.java_gateway import JVMView

_LAUNCHER = "spark.submit."


def _read_settings(path: Path) -> dict[str, str]:
    lines = (line.split(" ", 1) for line in path.read_text().splitlines() if line)
    return {name: value for name, value in lines}


def _set_properties(jvm: JVMView, settings: dict[str, str]) -> None:
    """The job's settings, and none of the job before it."""
    system: Any = jvm.java.lang.System
    for name in list(system.getProperties().stringPropertyNames()):
        if name.startswith("spark.") and not name.startswith(_LAUNCHER):
            system.clearProperty(name)
    for name, value in settings.items():
        system.setProperty(name, value)


def _give_back(jvm: JVMView) -> None:
    """Leaves the host as it was found; where that fails it ends, and the job is not blamed."""
    try:
        session = SparkSession.getActiveSession()
        if session is not None:
            session.stop()
        elif SparkContext._active_spark_context is not None:
            SparkContext._active_spark_context.stop()
        jvm.org.apache.hadoop.fs.FileSystem.closeAll()
    except Exception as error:
        sys.stderr.write(f"The Java process is not used again: {error}\n")
        jvm.java.lang.Runtime.getRuntime().halt(1)


def main() -> None:
    """Sets the job's settings, runs its script as Python would, and frees the host."""
    settings, script, *words = sys.argv[1:]
    SparkContext._ensure_initialized()
    jvm: Any = SparkContext._jvm
    _set_properties(jvm, _read_settings(Path(settings)))
    sys.argv = [script, *words]
    sys.path[0] = str(Path(script).parent)
    runpy.run_path(script, run_name="__main__")
    _give_back(jvm)


if __name__ == "__main__":
    main()
