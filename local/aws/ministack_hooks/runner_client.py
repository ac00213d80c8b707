"""Talks to the jobs runner, which does the work that the emulator only pretends to do."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

_ANSWER_SECONDS = 60


class RunnerUnavailableError(Exception):
    """The runner does not answer: it was stopped or killed."""


def call(
    runner: str, method: str, path: str, body: Any = None, raw: bytes | None = None
) -> tuple[int, bytes]:
    """One request; answers status and body of whatever status. Raises RunnerUnavailableError."""
    data = raw if raw is not None else (None if body is None else json.dumps(body).encode())
    request = Request(
        f"{runner}{path}", data=data, method=method, headers={"Content-Type": "application/json"}
    )
    try:
        with urlopen(request, timeout=_ANSWER_SECONDS) as response:
            return response.status, response.read()
    except HTTPError as error:
        return error.code, error.read()
    except (URLError, OSError) as error:
        raise RunnerUnavailableError(
            f"Cannot reach the jobs runner at {runner}: {error}. Run snowmelt local up again."
        ) from error


def call_json(runner: str, method: str, path: str, body: Any = None) -> Any:
    """As `call`, for requests whose answer is a JSON document."""
    status, answer = call(runner, method, path, body)
    if status >= 500:
        raise RunnerUnavailableError(f"The jobs runner failed: {answer.decode(errors='replace')}")
    return json.loads(answer)
