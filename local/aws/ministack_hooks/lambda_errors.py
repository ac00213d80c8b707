"""Hook: a Node function's error keeps its name, so that Catch and Retry match it.

The emulator reports every thrown error as Runtime.HandlerError. Lambda reports the error's own
name, its message and its stack, for errors of the handler and of the module's initialisation alike:
https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
"""

from __future__ import annotations

import json
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from ministack_hooks import expectation

if TYPE_CHECKING:
    from collections.abc import Callable

_MARK = "snowmelt-error:"
_GENERIC = "Runtime.HandlerError"

# What the worker reports of an error: JSON behind a mark, in the field that held only the message.
_DESCRIBE = """
function _describeError(e) {
  const isError = e instanceof Error || (e && typeof e === "object" && "message" in e);
  return "snowmelt-error:" + JSON.stringify(isError
    ? { errorType: String(e.name || "Error"), errorMessage: String(e.message),
        trace: String(e.stack || "").split("\\n") }
    : { errorType: typeof e, errorMessage: String(e), trace: [] });
}
"""

_SETTLED = """status: "error", error: String(err.message || err), trace: err.stack || ""
"""
_THROWN = """status: "error", error: e.message, trace: e.stack
"""
_INITIALISATION = """          status: "error", error: e.message
        }) + "\\n");
      }
      return;
"""

_reported: ContextVar[dict[str, Any] | None] = ContextVar("reported_error", default=None)


def patch_worker(script: str) -> str:
    """The emulator's worker script, telling name and stack of what was thrown."""
    where = "the Node worker script"
    for old, new in (
        (_SETTLED, 'status: "error", error: _describeError(err), trace: err.stack || ""\n'),
        (_THROWN, 'status: "error", error: _describeError(e), trace: e.stack\n'),
        (_INITIALISATION, _INITIALISATION.replace("e.message", "_describeError(e)")),
    ):
        script = expectation.replace_once(script, old, new, where)
    return _DESCRIBE + script


def read_report(text: object) -> dict[str, Any] | None:
    """The report of a worker, wherever it stands in an error text; None for other texts."""
    if not isinstance(text, str) or _MARK not in text:
        return None
    return json.loads(text.split(_MARK, 1)[1])


def _keeping_report(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def invoke(self: Any, *args: Any, **named: Any) -> dict[str, Any]:
        try:
            result = original(self, *args, **named)
        except RuntimeError as error:
            report = read_report(str(error))
            if report is None:
                raise
            result = {"status": "error", "error": report["errorMessage"], "log": ""}
        else:
            report = read_report(result.get("error"))
            if result.get("error") == "Worker process died":
                report = {"errorType": "Runtime.ExitError", "errorMessage": "Runtime exited"}
        if report is not None:
            result["error"] = report["errorMessage"]
            result.setdefault("trace", "\n".join(report.get("trace", [])))
        _reported.set(report)
        return result

    return invoke


def _telling_name(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def execute(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        _reported.set(None)
        result = original(func, event, request_id)
        report, body = _reported.get(), result.get("body")
        if report and isinstance(body, dict) and body.get("errorType") == _GENERIC:
            result["body"] = report
        return result

    return execute


def install() -> None:
    """Changes the worker script and the two functions that carry its answer."""
    runtime = expectation.module("core.lambda_runtime")
    functions = expectation.module("services.lambda_svc")
    script = expectation.attribute(runtime, "_NODEJS_WORKER_SCRIPT")
    worker = expectation.attribute(runtime, "Worker")
    execute = expectation.attribute(functions, "_execute_function_warm")
    runtime._NODEJS_WORKER_SCRIPT = patch_worker(script)
    worker.invoke = _keeping_report(expectation.attribute(worker, "invoke"))
    functions._execute_function_warm = _telling_name(execute)
