"""Starts the AWS emulator of the local platform with what the product needs of it.

Usage: python launcher.py --port N --runner http://127.0.0.1:M [--checkpoint-seconds S]

The rest is told to the emulator by its own environment variables (STATE_DIR, S3_DATA_DIR …).
Ends with status 3 when the installed emulator is not the one that the hooks were written for.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys

from ministack_hooks.expectation import HookMismatchError


def parse_arguments(argv: list[str]) -> argparse.Namespace:
    """The launcher's own arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--runner", required=True, help="address of the jobs runner")
    parser.add_argument("--checkpoint-seconds", type=float, default=3.0)
    return parser.parse_args(argv)


def install_hooks(runner: str, checkpoint_seconds: float) -> None:
    """Installs every hook; raises HookMismatchError naming what is not as expected."""
    from ministack_hooks import (
        checkpoints,
        expectation,
        home_watch,
        job_calls,
        lambda_errors,
        recorded_types,
        tasks,
    )

    expectation.check_version()
    tasks.install(runner)
    lambda_errors.install()
    recorded_types.install()
    job_calls.install(runner)
    home_watch.install()
    checkpoints.install(checkpoint_seconds)


def main(argv: list[str]) -> int:
    """Runs the emulator in the foreground until SIGTERM."""
    arguments = parse_arguments(argv)
    os.environ["GATEWAY_PORT"] = str(arguments.port)
    try:
        install_hooks(arguments.runner, arguments.checkpoint_seconds)
    except HookMismatchError as mismatch:
        sys.stderr.write(f"{mismatch}\n")
        return 3
    sys.argv = ["ministack"]
    importlib.import_module("ministack.app").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
