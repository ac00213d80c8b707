"""The AWS emulator and a lake in it, for tests that need real S3, Glue and Iceberg."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

REPOSITORY = Path(__file__).resolve().parents[2]
HOME = Path(os.environ.get("SNOWMELT_HOME", REPOSITORY / ".snowmelt"))
REGION = "us-east-1"
LAKE = "lake"
ARTIFACTS = "artifacts"
_SECONDS_TO_START = 30
_ROW_GROUP = 122_880  # as DuckDB writes them


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def running_emulator(log: Path) -> Iterator[str]:
    """Starts the emulator on a free port; gives its address."""
    port = free_port()
    environment = {
        **os.environ,
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "localhost",
        "MINISTACK_ACCOUNT_ID": "123456789012",
        "MINISTACK_REGION": REGION,
        "LOG_LEVEL": "WARNING",
    }
    command = str(Path(sys.executable).parent / "ministack")
    with log.open("wb") as output:
        process = subprocess.Popen([command], env=environment, stdout=output, stderr=output)
    endpoint = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(endpoint, process)
        yield endpoint
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_until_up(endpoint: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=1).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"The emulator did not answer at {endpoint}.")


def aws_environment(endpoint: str) -> dict[str, str]:
    """What the SDKs of Python and Java need to find the emulator, and nothing else."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
    }


def spark_settings(endpoint: str, scratch: Path) -> dict[str, str]:
    """Spark's settings on one machine, as the platform's runner of jobs makes them."""
    catalog = "spark.sql.catalog.lake"
    credentials = "software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider"
    return {
        "spark.master": "local[2]",
        "spark.driver.memory": "1g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraClassPath": f"{HOME / 'jars'}/*",
        "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -Duser.timezone=UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.local.dir": str(scratch),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.extensions": (
            "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"
        ),
        catalog: "org.apache.iceberg.spark.SparkCatalog",
        f"{catalog}.catalog-impl": "org.apache.iceberg.aws.glue.GlueCatalog",
        f"{catalog}.io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
        f"{catalog}.warehouse": f"s3://{LAKE}/",
        f"{catalog}.client.region": REGION,
        f"{catalog}.glue.endpoint": endpoint,
        f"{catalog}.s3.endpoint": endpoint,
        f"{catalog}.s3.path-style-access": "true",
        f"{catalog}.io.manifest.cache-enabled": "true",
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.hadoop.fs.s3a.endpoint": endpoint,
        "spark.hadoop.fs.s3a.endpoint.region": REGION,
        "spark.hadoop.fs.s3a.path.style.access": "true",
        "spark.hadoop.fs.s3a.aws.credentials.provider": credentials,
    }


# Frames of a few rows: what costs time is compiling and planning, not the rows.
SMALL_FRAMES = {
    "spark.master": "local[1]",
    "spark.driver.extraJavaOptions": (
        "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Duser.timezone=UTC"
    ),
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}


@dataclass(frozen=True)
class Lake:
    """A lake of its own for one test: databases under a prefix, objects under it too."""

    endpoint: str
    prefix: str

    @property
    def s3(self) -> Any:
        return self._client("s3")

    def _client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def create(self) -> None:
        """Makes the buckets, once, and the databases."""
        for bucket in (LAKE, ARTIFACTS):
            self.s3.create_bucket(Bucket=bucket)
        for layer in ("silver", "gold"):
            location = f"s3://{LAKE}/{self.prefix}/{layer}/"
            database = {"Name": f"{self.prefix}_{layer}", "LocationUri": location}
            self._client("glue").create_database(DatabaseInput=database)

    def put_json(self, bucket: str, key: str, document: Any) -> str:
        self.s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(document).encode())
        return key

    def get_json(self, bucket: str, key: str) -> Any:
        return json.loads(self.s3.get_object(Bucket=bucket, Key=key)["Body"].read())

    def put_bronze(
        self, query: str, run_id: str, tables: Sequence[pa.Table], **fields: Any
    ) -> dict[str, Any]:
        """Writes Parquet files and their manifest as an extraction does; gives the manifest."""
        folder = f"bronze/{self.prefix}/{query}/extract_date=2026-01-01/run_id={run_id}"
        files = [
            self._put_parquet(f"{folder}/part-{at:04}.parquet", table)
            for at, table in enumerate(tables)
        ]
        rows = sum(file["rows"] for file in files)
        manifest = {
            "version": 1,
            "query": query,
            "key": ["ID"],
            "watermarkColumn": "UPDATED_AT",
            "window": {"from": None, "to": "2026-01-02 00:00:00.000000000"},
            "runId": run_id,
            "snapshotAt": "2026-01-02T00:00:00Z",
            "files": files,
            "rows": rows,
            "sourceRows": rows,
            "columns": [],
            **fields,
        }
        self.put_json(LAKE, f"{folder}/_manifest.json", manifest)
        return {**manifest, "manifestKey": f"{folder}/_manifest.json"}

    def _put_parquet(self, key: str, table: pa.Table) -> dict[str, Any]:
        buffer = io.BytesIO()
        pq.write_table(table, buffer, compression="snappy", row_group_size=_ROW_GROUP)
        body = buffer.getvalue()
        self.s3.put_object(Bucket=LAKE, Key=key, Body=body)
        digest = hashlib.sha256(body).hexdigest()
        return {"key": key, "rows": table.num_rows, "bytes": len(body), "sha256": digest}

    def put_interval(self, interval: str, manifests: Sequence[dict[str, Any]]) -> str:
        """Writes the document that names an interval's manifests; gives its key."""
        document = {
            "pipeline": self.prefix,
            "pipelineKey": "",
            "interval": {
                "id": interval,
                "group": "default",
                "queries": [manifest["query"] for manifest in manifests],
            },
            "manifests": [
                {"query": m["query"], "key": m["manifestKey"], "rows": m["rows"]} for m in manifests
            ],
        }
        return self.put_json(ARTIFACTS, f"intervals/{self.prefix}/{interval}.json", document)
