"""Job arguments, read as Glue reads them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class GlueArgumentError(Exception):
    """An argument that the job needs was not given."""


def getResolvedOptions(args: Sequence[str], options: Sequence[str]) -> dict[str, str]:  # noqa: N802
    """The named arguments among `args`, given as `--name value` or `--name=value`.

    Glue's own function raises GlueArgumentError for a missing one, and ignores the rest:
    https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-pyspark-extensions-get-resolved-options.html
    """
    given: dict[str, str] = {}
    words = list(args[1:] if args is sys.argv else args)
    for at, word in enumerate(words):
        if not word.startswith("--"):
            continue
        name, equals, value = word[2:].partition("=")
        if equals:
            given[name] = value
        elif at + 1 < len(words):
            given[name] = words[at + 1]
    wanted = [*options, *(["JOB_NAME"] if "JOB_NAME" in given else [])]
    missing = [name for name in options if name not in given]
    if missing:
        raise GlueArgumentError(
            f"the following arguments are required: {', '.join('--' + name for name in missing)}"
        )
    return {name: given[name] for name in wanted}
