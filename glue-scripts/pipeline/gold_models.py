"""Gold's SQL models as text: which reads which, in what order they run, and their variables."""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from pipeline.errors import TerminalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.documents import GoldModel

_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.S)
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_GOLD_TABLE = re.compile(r"\$\{gold\}\s*\.\s*`?(\w+)`?")


def in_order(models: Sequence[GoldModel]) -> list[GoldModel]:
    """The models, each after those it reads. Raises TerminalError for a circle or an unknown
    table."""
    by_name = {model["table"]: model for model in models}
    graph = {name: _reads(model, by_name) for name, model in by_name.items()}
    try:
        return [by_name[name] for name in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        raise TerminalError(
            f"Cannot order the gold models: they read each other in a circle ({circle}). "
            "Take one of these references out.",
            code="CONFIG_INVALID",
        ) from error


def _reads(model: GoldModel, known: Mapping[str, GoldModel]) -> set[str]:
    read = set(_GOLD_TABLE.findall(_COMMENT.sub(" ", model["sql"])))
    unknown = sorted(read - known.keys())
    if unknown:
        raise TerminalError(
            f"Cannot build gold table {model['table']}: it reads {', '.join(unknown)}, which no "
            f"model "
            "of this pipeline makes. Correct the name, or add the model.",
            code="CONFIG_INVALID",
        )
    return read


def render(model: GoldModel, variables: Mapping[str, str]) -> str:
    """The SQL with its variables put in. Raises TerminalError for a variable that is not
    offered."""
    unknown = sorted(set(_VARIABLE.findall(model["sql"])) - variables.keys())
    if unknown:
        raise TerminalError(
            f"Cannot build gold table {model['table']}: there is no variable "
            f"{', '.join(unknown)}. Use {', '.join(sorted(variables))}.",
            code="CONFIG_INVALID",
        )
    return _VARIABLE.sub(lambda match: variables[match.group(1)], model["sql"])
