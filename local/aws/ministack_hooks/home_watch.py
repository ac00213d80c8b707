"""Hook: the emulator ends when the folder of its platform is not its own any more.

A folder that was removed by hand, and perhaps filled again by another platform, must not be written
to: every few seconds, at each request and before each state is saved, the folder's id is compared
with the one that the emulator was started with. local/platform/home-identity.ts writes both.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ministack_hooks import expectation

if TYPE_CHECKING:
    from collections.abc import Callable

VARIABLE = "SNOWMELT_PIECE"
EVERY_SECONDS = 2.0


class Home:
    """The folder and the id of the platform that this emulator is a piece of."""

    def __init__(self, tag: str) -> None:
        _piece, self._id, home = tag.split(":")
        self._id_file = Path(unquote(home), "platform.id")

    def is_own(self) -> bool:
        """Whether the folder is there and has the same id; a failure to read it proves nothing."""
        try:
            return self._id_file.read_text().strip() == self._id
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            return True

    def end_unless_own(self) -> None:
        """Kills this process and the functions that it runs, at once and without saving."""
        if self.is_own():
            return
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    def guarding(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The function, called only while the folder is the emulator's own."""

        def call(*args: Any, **named: Any) -> Any:
            self.end_unless_own()
            return original(*args, **named)

        return call

    def watch(self) -> None:
        """Looks every few seconds, for ever."""
        while True:
            time.sleep(EVERY_SECONDS)
            self.end_unless_own()


def install() -> None:
    """Watches, when the emulator was started as a piece of a platform."""
    persistence = expectation.module("core.persistence")
    app = expectation.module("app")
    save = expectation.attribute(persistence, "save_state")
    handle = expectation.attribute(app, "app")
    tag = os.environ.get(VARIABLE)
    if tag is None:
        return
    home = Home(tag)
    persistence.save_state = home.guarding(save)
    app.app = home.guarding(handle)
    threading.Thread(target=home.watch, daemon=True, name="home-watch").start()
