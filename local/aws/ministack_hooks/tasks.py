"""Hook: Step Functions runs Glue and SageMaker tasks for real, and stops them when it is stopped.

The emulator has no glue: and sagemaker: integrations. The runner does the work; this hook starts
a task there, waits for it, and turns `{error, cause}` into the error that Retry and Catch match.
Stopping an execution, or a state's TimeoutSeconds, stops the task, as AWS does for .sync:
https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-sync
"""

from __future__ import annotations

import json
import time
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ministack_hooks import expectation, runner_client

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIXES = (
    "arn:aws:states:::glue:",
    "arn:aws:states:::sagemaker:",
    "arn:aws:states:::aws-sdk:glue:startJobRun",
    "arn:aws:states:::aws-sdk:glue:getJobRun",
    "arn:aws:states:::aws-sdk:glue:batchStopJobRun",
    "arn:aws:states:::aws-sdk:sagemaker:",
)

_POLL_SECONDS = 1


@dataclass(frozen=True)
class TaskScope:
    """The state that runs: its execution, when its time is over, and the state that started it."""

    execution: dict[str, Any]
    timeout_seconds: float | None
    parent: TaskScope | None
    deadline: float | None = None


_scope: ContextVar[TaskScope | None] = ContextVar("task_scope", default=None)


def is_over(scope: TaskScope | None) -> bool:
    """True when the task's result is not wanted any more, by this execution or one above it."""
    while scope is not None:
        if scope.execution.get("status") != "RUNNING":
            return True
        if scope.deadline is not None and time.monotonic() > scope.deadline:
            return True
        scope = scope.parent
    return False


def _abort(execution: dict[str, Any]) -> None:
    if execution.get("status") == "RUNNING":
        execution["status"] = "ABORTED"
        execution["stopDate"] = expectation.module("core.responses").now_iso()


def _abort_nested(scope: TaskScope | None) -> None:
    """Ends the executions between this one and the stopped one that started them."""
    while scope is not None and scope.parent is not None and is_over(scope.parent):
        if scope.execution is not scope.parent.execution:
            _abort(scope.execution)
        scope = scope.parent


def _await_task(runner: str, task_id: str) -> dict[str, Any]:
    path = f"/tasks/{task_id}"
    while True:
        answer = runner_client.call_json(runner, "GET", f"{path}?wait_seconds={_POLL_SECONDS}")
        if "running" not in answer:
            return answer
        if is_over(_scope.get()):
            runner_client.call_json(runner, "DELETE", path)
            _abort_nested(_scope.get())
            return {"output": {}}


def run_task(runner: str, error_type: Callable[[str, str], Exception]) -> Callable[..., Any]:
    """The integration: `(resource, input) -> output`, raising `error_type(error, cause)`."""

    def handle(resource: str, task_input: Any) -> Any:
        request = {"resource": resource, "input": task_input}
        try:
            started = runner_client.call_json(runner, "POST", "/tasks", request)
            answer = _await_task(runner, started["taskId"])
        except runner_client.RunnerUnavailableError as error:
            raise error_type("States.TaskFailed", str(error)) from error
        if "error" in answer:
            raise error_type(answer["error"], answer["cause"])
        return answer["output"]

    return handle


def _within_scope(original: Callable[..., Any]) -> Callable[..., Any]:
    def execute_task(state: dict[str, Any], raw: Any, execution: dict[str, Any], ctx: Any) -> Any:
        token = _scope.set(TaskScope(execution, state.get("TimeoutSeconds"), _scope.get()))
        try:
            return original(state, raw, execution, ctx)
        finally:
            _scope.reset(token)

    return execute_task


def _with_deadline(original: Callable[..., Any]) -> Callable[..., Any]:
    """Each attempt of a task has the state's whole TimeoutSeconds."""

    def invoke_resource(resource: str, task_input: Any) -> Any:
        scope = _scope.get()
        if scope is None or scope.timeout_seconds is None:
            return original(resource, task_input)
        deadline = time.monotonic() + float(scope.timeout_seconds)
        token = _scope.set(replace(scope, deadline=deadline))
        try:
            return original(resource, task_input)
        finally:
            _scope.reset(token)

    return invoke_resource


def _unless_stopped(original: Callable[..., Any]) -> Callable[..., Any]:
    """A stopped execution stays ABORTED although the task that it waited for failed afterwards."""

    def fail_execution(execution: dict[str, Any], error: str, cause: str) -> None:
        if execution.get("status") == "RUNNING":
            original(execution, error, cause)

    return fail_execution


def _ending_with_parent(original: Callable[..., Any]) -> Callable[..., Any]:
    """A nested execution ends after the state in which the execution above it was stopped."""

    def add_event(execution: dict[str, Any], event_type: str, details: Any = None) -> Any:
        scope = _scope.get()
        is_nested = scope is not None and scope.execution is not execution
        if is_nested and event_type.endswith("StateExited") and is_over(scope):
            _abort(execution)
        return original(execution, event_type, details)

    return add_event


def nested_failure(payload: dict[str, Any]) -> tuple[str, str]:
    """A nested execution that failed is States.TaskFailed; the cause describes that execution.

    https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
    """
    names = ("executionArn", "input", "name", "stateMachineArn", "startDate", "stopDate", "status")
    cause = {name[0].upper() + name[1:]: payload.get(name) for name in names}
    for name in ("error", "cause"):
        if payload.get(name):
            cause[name.capitalize()] = payload[name]
    return "States.TaskFailed", json.dumps(cause)


def install(runner: str) -> None:
    """Registers the integrations, and the scope that tells them who waits."""
    stepfunctions = expectation.module("services.stepfunctions")
    dispatch = expectation.attribute(stepfunctions, "_SERVICE_DISPATCH")
    error_type = expectation.attribute(stepfunctions, "_ExecutionError")
    dispatch.update(dict.fromkeys(PREFIXES, run_task(runner, error_type)))
    for name, wrap in (
        ("_execute_task", _within_scope),
        ("_invoke_resource", _with_deadline),
        ("_fail_execution", _unless_stopped),
        ("_add_event", _ending_with_parent),
    ):
        setattr(stepfunctions, name, wrap(expectation.attribute(stepfunctions, name)))
    expectation.attribute(stepfunctions, "_nested_execution_failure")
    stepfunctions._nested_execution_failure = nested_failure
