"""Hook: SDK calls for Glue job runs and SageMaker training go to the runner.

The emulator would answer SUCCEEDED for a Glue job that nothing ran, and knows no SageMaker. The
hook stands in front of the emulator's HTTP application and forwards those calls, body and all.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from ministack_hooks import expectation, runner_client

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

GLUE_CALLS = frozenset({"StartJobRun", "GetJobRun", "GetJobRuns", "BatchStopJobRun"})


def forwarded_target(scope: Scope) -> str | None:
    """The `X-Amz-Target` of a call that the runner answers; None for every other request."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return None
    target = dict(scope["headers"]).get(b"x-amz-target", b"").decode("latin-1")
    service, _, action = target.rpartition(".")
    if service == "SageMaker" or (service == "AWSGlue" and action in GLUE_CALLS):
        return target
    return None


async def _read_body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/x-amz-json-1.1")]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def forwarding(application: Application, runner: str) -> Application:
    """The application, with the runner answering the calls for jobs."""

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        target = forwarded_target(scope)
        if target is None:
            await application(scope, receive, send)
            return
        body = await _read_body(receive)
        try:
            status, answer = await asyncio.to_thread(
                runner_client.call, runner, "POST", f"/sdk/{target}", None, body or b"{}"
            )
        except runner_client.RunnerUnavailableError as error:
            fault = {"__type": "InternalServiceException", "message": str(error)}
            status, answer = 500, json.dumps(fault).encode()
        await _answer(send, status, answer)

    return handle


def install(runner: str) -> None:
    """Puts the forwarding in front of the emulator's application."""
    app = expectation.module("app")
    app.app = forwarding(expectation.attribute(app, "app"), runner)
