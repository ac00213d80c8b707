"""One emulator and one Spark session for all tests; a lake for each test that asks for one."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING

import pytest
from emulator import SMALL_FRAMES, Lake, aws_environment, running_emulator, spark_settings
from pyspark.sql import SparkSession

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_emulator(tmp_path_factory.mktemp("emulator") / "log") as address:
        os.environ.update(aws_environment(address))
        yield address


@pytest.fixture(scope="session")
def spark(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    builder = SparkSession.builder
    settings = spark_settings(endpoint, tmp_path_factory.mktemp("spark"))
    for name, value in {**settings, **SMALL_FRAMES}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(autouse=True)
def _forget_frames(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "spark" in request.fixturenames:
        request.getfixturevalue("spark").catalog.clearCache()


@pytest.fixture
def lake(endpoint: str) -> Lake:
    made = Lake(endpoint, f"t{uuid.uuid4().hex[:12]}")
    made.create()
    return made
