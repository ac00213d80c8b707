"""JSON documents and objects in S3, by the SDK rather than by Spark: they are small and read
once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from pipeline.errors import PipelineError, TerminalError, TransientError

if TYPE_CHECKING:
    from pipeline.documents import IntervalDocument, Manifest

# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_NOT_FOUND = {"NoSuchKey", "NoSuchBucket", "404", "NotFound"}
_TRANSIENT = {"SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "503", "500"}


class Artifacts:
    """Reads and writes JSON in S3. `client` is boto3's S3 client, which honours
    AWS_ENDPOINT_URL."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def read_json(self, bucket: str, key: str) -> Any:
        """Raises TerminalError when the object is missing or is no JSON, TransientError when S3
        is."""
        text = self.read_bytes(bucket, key)
        try:
            return json.loads(text)
        except ValueError as error:
            raise TerminalError(
                f"Cannot read s3://{bucket}/{key}: it is not JSON. Write it again.",
                code="EVENT_INVALID",
            ) from error

    def read_bytes(self, bucket: str, key: str) -> bytes:
        """Raises as read_json does."""
        try:
            return self._client.get_object(Bucket=bucket, Key=key)["Body"].read()
        except (ClientError, BotoCoreError) as error:
            raise _translated(error, "read", bucket, key) from error

    def write_json(self, bucket: str, key: str, document: Any) -> None:
        """One PUT: a reader sees the whole document or the one before."""
        body = json.dumps(document, indent=2, ensure_ascii=False).encode()
        try:
            self._client.put_object(
                Bucket=bucket, Key=key, Body=body, ContentType="application/json"
            )
        except (ClientError, BotoCoreError) as error:
            raise _translated(error, "write", bucket, key) from error

    def size_bytes(self, bucket: str, key: str) -> int:
        """Raises TerminalError when the object is missing."""
        try:
            return self._client.head_object(Bucket=bucket, Key=key)["ContentLength"]
        except (ClientError, BotoCoreError) as error:
            raise _translated(error, "read", bucket, key) from error

    def manifests(self, bucket: str, interval: IntervalDocument) -> list[Manifest]:
        """The manifests of an interval, in the order it lists them."""
        return [self.read_json(bucket, pointer["key"]) for pointer in interval["manifests"]]


def check_files(artifacts: Artifacts, bucket: str, manifest: Manifest) -> None:
    """Raises TerminalError naming the first file that is gone or not as long as the manifest
    says."""
    for file in manifest["files"]:
        size = artifacts.size_bytes(bucket, file["key"])
        if size != file["bytes"]:
            raise TerminalError(
                f"Cannot read s3://{bucket}/{file['key']}: it has {size} bytes, its manifest says "
                f"{file['bytes']}. Extract the window of run {manifest['runId']} again.",
                code="RESULT_CORRUPT",
            )


def _translated(
    error: ClientError | BotoCoreError, verb: str, bucket: str, key: str
) -> PipelineError:
    where = f"Cannot {verb} s3://{bucket}/{key}"
    if not isinstance(error, ClientError):
        return TransientError(
            f"{where}: S3 did not answer ({type(error).__name__}). Try again.",
            code="STORE_UNAVAILABLE",
        )
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code in _NOT_FOUND:
        return TerminalError(
            f"{where}: it does not exist. Extract or publish it again.", code="NOT_FOUND"
        )
    if code in _TRANSIENT:
        return TransientError(f"{where}: S3 answered {code}. Try again.", code="STORE_UNAVAILABLE")
    return TerminalError(
        f"{where}: S3 answered {code}. Check the job's role.", code="STORE_REFUSED"
    )
