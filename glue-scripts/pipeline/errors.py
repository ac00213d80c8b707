"""The two kinds of failure a job can end in, by the names the state machines match."""

from __future__ import annotations


class PipelineError(Exception):
    """Base of both; never raised itself. `code` is one of the list in src/errors.ts."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(f"{message} [{code}]")
        self.code = code


class TransientError(PipelineError):
    """Trying again may help."""


class TerminalError(PipelineError):
    """Trying again will not help: a person or a fix is needed."""
