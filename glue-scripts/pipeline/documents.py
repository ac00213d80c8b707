"""The shared JSON documents as the jobs read them; src/model holds the schemas they were checked
with."""

from __future__ import annotations

from datetime import date
from typing import Any, NotRequired, TypedDict

from pipeline.errors import TerminalError


class SilverColumn(TypedDict):
    name: str
    type: str
    expression: NotRequired[str]


class Rule(TypedDict):
    reason: str
    reject_when: str


class Deduplicate(TypedDict):
    by: list[str]
    keep_first_by: list[str]


class SilverTable(TypedDict):
    table: str
    source: str
    key: list[str]
    columns: list[SilverColumn]
    surrogate_key: NotRequired[str]
    history: NotRequired[str]
    order_by: NotRequired[list[str]]
    valid_from: NotRequired[str]
    rules: NotRequired[list[Rule]]
    deduplicate: NotRequired[Deduplicate]


class GoldModel(TypedDict):
    table: str
    grain: str
    key: list[str]
    sql: str


class Check(TypedDict):
    name: str
    layer: str
    table: str
    kind: str
    column: NotRequired[str]
    columns: NotRequired[list[str]]
    where: NotRequired[str]
    min: NotRequired[float]
    max: NotRequired[float]
    values: NotRequired[list[Any]]
    to_table: NotRequired[str]
    to_column: NotRequired[str]


class Model(TypedDict):
    name: str
    features: str
    labels: str
    entity: list[str]
    as_of: str
    label: str
    baseline: str
    predictions: str
    seed: NotRequired[int]
    test_share: NotRequired[float]


class PipelineDocument(TypedDict):
    name: str
    silver: NotRequired[list[SilverTable]]
    gold: NotRequired[list[GoldModel]]
    checks: NotRequired[list[Check]]
    model: NotRequired[Model]


class ManifestFile(TypedDict):
    key: str
    rows: int
    bytes: int


class ManifestColumn(TypedDict):
    name: str
    type: str
    parquetType: str
    readAs: NotRequired[str]


class Window(TypedDict):
    to: str


class Manifest(TypedDict):
    query: str
    key: list[str]
    window: Window | None
    runId: str
    snapshotAt: str
    files: list[ManifestFile]
    rows: int
    columns: list[ManifestColumn]


class Interval(TypedDict):
    id: str


class ManifestPointer(TypedDict):
    query: str
    key: str


class IntervalDocument(TypedDict):
    interval: Interval
    manifests: list[ManifestPointer]


def as_of_date(manifests: list[Manifest]) -> str:
    """The day that the interval's data reaches to: the greatest end of a window, as `YYYY-MM-DD`.

    A manifest whose window is not one of time (a whole table, a number) counts by the source's
    clock when it was planned.
    """
    if not manifests:
        raise TerminalError(
            "Cannot tell the date of the interval: it lists no manifest. Start it again by "
            "orchestrate.",
            code="EVENT_INVALID",
        )
    return max(_day_of(manifest) for manifest in manifests)


def _day_of(manifest: Manifest) -> str:
    window = manifest.get("window")
    end = window["to"][:10] if window else ""
    return end if _is_date(end) else manifest["snapshotAt"][:10]


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10
