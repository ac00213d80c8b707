"""Hook: CloudFormation records the types that the emulator lacks, instead of refusing the stack.

A recorded resource has a name and an ARN and does nothing: what it would do is proved on the
template, not here. The hook also keeps a Glue job's ExecutionProperty, which the emulator drops.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack_hooks import expectation

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDED_TYPES = (
    "AWS::AccessAnalyzer::Analyzer",
    "AWS::Budgets::Budget",
    "AWS::CE::AnomalyMonitor",
    "AWS::CE::AnomalySubscription",
    "AWS::CloudTrail::Trail",
    "AWS::CloudWatch::AnomalyDetector",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::Config::ConfigRule",
    "AWS::Config::ConfigurationRecorder",
    "AWS::Config::DeliveryChannel",
    "AWS::EC2::FlowLog",
    "AWS::Glue::SecurityConfiguration",
    "AWS::Glue::Workflow",
    "AWS::GuardDuty::Detector",
    "AWS::LakeFormation::DataLakeSettings",
    "AWS::LakeFormation::PrincipalPermissions",
    "AWS::LakeFormation::Resource",
    "AWS::Logs::QueryDefinition",
    "AWS::SageMaker::Endpoint",
    "AWS::SageMaker::EndpointConfig",
    "AWS::SageMaker::Model",
    "AWS::SageMaker::ModelPackageGroup",
)

_NAMES = ("Name", "TrailName", "BudgetName", "AlarmName", "ModelName", "EndpointName")


def record(resource_type: str, region: str, account: str) -> dict[str, Callable[..., Any]]:
    """Handlers that remember a resource of this type: create and update answer its name and ARN."""
    service = resource_type.split("::")[1].lower()

    def create(logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict]:
        given = next((properties[name] for name in _NAMES if properties.get(name)), None)
        name = given or f"{stack_name}-{logical_id}"
        kind = resource_type.split("::")[2].lower()
        return name, {"Arn": f"arn:aws:{service}:{region}:{account}:{kind}/{name}"}

    def update(
        physical_id: str,
        _old: dict[str, Any],
        properties: dict[str, Any],
        stack_name: str,
        logical_id: str | None = None,
    ) -> tuple[str, dict]:
        return create(logical_id or physical_id, properties, stack_name)

    def delete(_physical_id: str, _properties: dict[str, Any]) -> None:
        return None

    return {"create": create, "update": update, "delete": delete}


def _keeping_execution_property(glue: Any, original: Callable[..., Any], at: int) -> Any:
    """`at` is the position of the new properties in the handler's arguments."""

    def handle(*args: Any, **named: Any) -> Any:
        answer = original(*args, **named)
        job = glue._jobs.get(answer[0])
        if job is not None and "ExecutionProperty" in args[at]:
            job["ExecutionProperty"] = args[at]["ExecutionProperty"]
        return answer

    return handle


def install() -> None:
    """Adds a recording handler for each type that the emulator does not know."""
    provisioners = expectation.module("services.cloudformation.provisioners")
    responses = expectation.module("core.responses")
    glue = expectation.module("services.glue")
    handlers = expectation.attribute(provisioners, "_RESOURCE_HANDLERS")
    region = expectation.attribute(responses, "get_region")()
    account = expectation.attribute(responses, "get_account_id")()
    expectation.attribute(glue, "_jobs")
    for resource_type in RECORDED_TYPES:
        handlers.setdefault(resource_type, record(resource_type, region, account))
    job = expectation.entry(handlers, "AWS::Glue::Job", "the CloudFormation types")
    for name, position in (("create", 1), ("update", 2)):
        original = expectation.entry(job, name, "the handlers of AWS::Glue::Job")
        job[name] = _keeping_execution_property(glue, original, position)
