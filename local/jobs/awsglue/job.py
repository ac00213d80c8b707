"""Start and commit of a job. Bookmarks are not kept: the product does not use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from awsglue.context import GlueContext


class Job:
    """A job between `init` and `commit`."""

    def __init__(self, glue_context: GlueContext) -> None:
        self.glue_context = glue_context
        self.name = ""

    def init(self, job_name: str, args: Mapping[str, str] | None = None) -> None:
        """Names the job."""
        self.name = job_name

    def commit(self) -> None:
        """Ends the job; on AWS this stores the bookmark."""
