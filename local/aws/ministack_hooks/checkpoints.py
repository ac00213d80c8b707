"""Hook: the emulator's state is on disk seconds after it changed, not only after a clean stop.

S3 bodies are written at once by the emulator itself (S3_PERSIST). Everything else it writes when it
is stopped cleanly; a killed platform would lose its catalog, tables, stacks and functions. Here a
thread saves each service whose state differs from what was saved last.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
import time
from typing import TYPE_CHECKING, Any

from ministack_hooks import expectation

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger("checkpoints")

# A service is saved at most this share of the time, however large its state has grown.
_LARGEST_SHARE = 0.1
_EXIT_GRACE_SECONDS = 2.0


class Checkpoints:
    """Saves services whose state has changed. `save` and `encode` are the emulator's own."""

    def __init__(
        self,
        services: Callable[[], dict[str, Callable[[], Any]]],
        save: Callable[[str, Any], None],
        encode: Callable[[Any], Any],
    ) -> None:
        self._services = services
        self._save = save
        self._encode = encode
        self._saved: dict[str, str] = {}
        self._not_before: dict[str, float] = {}

    def _digest(self, state: Any) -> str:
        text = json.dumps(state, default=self._encode, sort_keys=False)
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    def _save_service(self, name: str, get_state: Callable[[], Any]) -> bool:
        state = get_state()
        if state is None:
            return False
        digest = self._digest(state)
        if self._saved.get(name) == digest:
            return False
        self._save(name, state)
        self._saved[name] = digest
        return True

    def run_once(self) -> list[str]:
        """Saves what has changed; answers the names of the saved services.

        A service that changes while it is read (RuntimeError) is tried again next time.
        """
        saved = []
        for name, get_state in self._services().items():
            started = time.monotonic()
            if started < self._not_before.get(name, 0.0):
                continue
            try:
                if self._save_service(name, get_state):
                    saved.append(name)
            except RuntimeError as error:
                logger.info("%s changed while it was read (%s); again soon", name, error)
                continue
            ended = time.monotonic()
            self._not_before[name] = ended + (ended - started) * (1 / _LARGEST_SHARE - 1)
        return saved

    def run_forever(self, every_seconds: float, has_work: Callable[[], bool]) -> None:
        """Runs every so often while there has been work since the last time."""
        while True:
            time.sleep(every_seconds)
            if not has_work():
                continue
            try:
                self.run_once()
            except Exception:
                logger.exception("a checkpoint failed; the next one is in %s s", every_seconds)


class Activity:
    """Whether the emulator may have changed since it was asked last."""

    def __init__(self, running_executions: Callable[[], bool]) -> None:
        self._requests = 0
        self._seen = 0
        self._quiet_checks = 0
        self._running_executions = running_executions

    def note(self) -> None:
        """One request has come in."""
        self._requests += 1

    def has_work(self) -> bool:
        """True after requests, while executions run, and twice after both have ended."""
        busy = self._requests != self._seen or self._running_executions()
        self._seen = self._requests
        self._quiet_checks = 0 if busy else self._quiet_checks + 1
        return self._quiet_checks <= 2


def _exit_soon() -> None:
    """The emulator's shutdown can wait for ever on a worker thread; its state is saved by now."""

    def leave() -> None:
        time.sleep(_EXIT_GRACE_SECONDS)
        os._exit(0)

    threading.Thread(target=leave, daemon=True, name="exit-after-save").start()


def _watching(application: Any, activity: Activity) -> Any:
    async def handle(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":

            async def send_and_leave(message: dict[str, Any]) -> None:
                await send(message)
                if message["type"] == "lifespan.shutdown.complete":
                    _exit_soon()

            await application(scope, receive, send_and_leave)
            return
        if not scope["path"].startswith("/_ministack"):
            activity.note()
        await application(scope, receive, send)

    return handle


def install(every_seconds: float) -> None:
    """Starts the thread, and makes the emulator leave once it has saved at shutdown."""
    app = expectation.module("app")
    persistence = expectation.module("core.persistence")
    executions = expectation.attribute(expectation.module("services.stepfunctions"), "_executions")
    checkpoints = Checkpoints(
        services=expectation.attribute(app, "_build_persistence_save_dict"),
        save=expectation.attribute(persistence, "save_state"),
        encode=expectation.attribute(persistence, "_json_default"),
    )

    def running() -> bool:
        return any(item.get("status") == "RUNNING" for item in executions.all_values())

    activity = Activity(running)
    app.app = _watching(expectation.attribute(app, "app"), activity)
    threading.Thread(
        target=checkpoints.run_forever,
        args=(every_seconds, activity.has_work),
        daemon=True,
        name="checkpoints",
    ).start()
