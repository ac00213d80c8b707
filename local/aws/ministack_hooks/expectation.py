"""The checks that each hook makes before it changes the emulator."""

from __future__ import annotations

import importlib
from importlib.metadata import version
from typing import Any

EXPECTED_VERSION = "1.5.33"


class HookMismatchError(Exception):
    """The installed emulator is not the one that the hooks were written for."""


def _refuse(what: str) -> HookMismatchError:
    return HookMismatchError(
        f"Cannot start the AWS emulator: ministack {version('ministack')} {what}. "
        f"Install ministack=={EXPECTED_VERSION} (npm run setup), or adapt "
        "local/aws/ministack_hooks to the new version."
    )


def check_version(installed: str | None = None) -> None:
    """Refuses every version but the one that the hooks are tested with."""
    found = installed or version("ministack")
    if found != EXPECTED_VERSION:
        raise _refuse(f"is installed as {found}, the hooks are written for {EXPECTED_VERSION}")


def module(name: str) -> Any:
    """The emulator's module of that name below `ministack`."""
    try:
        return importlib.import_module(f"ministack.{name}")
    except ImportError as error:
        raise _refuse(f"has no module ministack.{name} ({error})") from error


def attribute(owner: Any, name: str) -> Any:
    """A private name that a hook changes or calls."""
    try:
        return getattr(owner, name)
    except AttributeError as error:
        raise _refuse(f"has no {owner.__name__}.{name}") from error


def entry(mapping: dict[str, Any], key: str, where: str) -> Any:
    """What a table of the emulator has under a key."""
    if key not in mapping:
        raise _refuse(f"has no {key} in {where}")
    return mapping[key]


def replace_once(text: str, old: str, new: str, where: str) -> str:
    """`text` with its only `old` replaced; refuses when it is not there exactly once."""
    found = text.count(old)
    if found != 1:
        raise _refuse(f"has {found} places like {old.strip()[:60]!r} in {where}, not one")
    return text.replace(old, new)
