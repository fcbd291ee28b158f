"""Every refusal as an ErrorOut: one table from our errors to HTTP, and Pydantic's findings in words."""

import difflib
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from fleet.api.schemas import ErrorOut
from fleet.errors import FleetError, JournalError, UserError

log = logging.getLogger(__name__)

FIXES = {
    "missing": "Add it.",
    "extra_forbidden": "Leave it out, or check its spelling.",
    "json_invalid": "Send one JSON object; strings and names in double quotes.",
    "int_parsing": "Write a whole number.",
    "int_type": "Write a whole number.",
    "bool_parsing": "Write true or false.",
    "string_too_long": "Say it shorter.",
    "string_type": "Write a text in double quotes.",
    "dict_type": "Write an object: {...}.",
    "model_attributes_type": "Send one JSON object with Content-Type: application/json.",
}
"""By Pydantic's error type; the others carry the limit in their message."""
PARAM_PROBLEM = "must be a text, a number, true or false, or a list of texts"
VALUE_CHARS_MAX = 60


class ApiError(Exception):
    """A refusal with its status: raised in a route, sent as an ErrorOut."""

    def __init__(self, status: int, body: ErrorOut, *, retry_s: int | None = None) -> None:
        super().__init__(body.message)
        self.status = status
        self.body = body
        self.retry_s = retry_s


def not_found(kind: str, value: str, known: Sequence[str], *, field: str = "id") -> ApiError:
    """404 that offers the nearest known name."""
    close = difflib.get_close_matches(value, known, n=3)
    hint = f"Did you mean {' or '.join(close)}?" if close else f"GET the list of {kind}s for what there is."
    message = f"There is no {kind} '{value}'."
    return ApiError(404, ErrorOut(code=f"{kind.upper()}_UNKNOWN", message=message, field=field, hint=hint))


def unavailable(code: str, message: str, hint: str, *, retry_s: int = 1) -> ApiError:
    return ApiError(503, ErrorOut(code=code, message=message, hint=hint), retry_s=retry_s)


def invalid(field: str, message: str, hint: str, *, code: str = "INVALID") -> ApiError:
    return ApiError(422, ErrorOut(code=code, message=message, field=field, hint=hint))


def answer(status: int, body: ErrorOut, *, retry_s: int | None = None) -> JSONResponse:
    headers = {"Retry-After": str(retry_s)} if retry_s is not None else None
    return JSONResponse(body.model_dump(), status_code=status, headers=headers)


def install(app: FastAPI) -> None:
    """Every way in which a request can fail ends in one ErrorOut."""
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(FleetError, _fleet_error)
    app.add_exception_handler(Exception, _unexpected)


def explain(findings: Sequence[Mapping[str, Any]]) -> ErrorOut:
    """The first finding in words (field, value, fix), and how many other fields are wrong."""
    first = findings[0]
    fields = list(dict.fromkeys(_field(finding) for finding in findings))
    kind, field = str(first["type"]), fields[0]
    if kind == "missing" and not field:
        return ErrorOut(code="INVALID", message="The body is empty.", hint=FIXES["model_attributes_type"])
    where = f"'{field}'" if field else "The body"
    problem = PARAM_PROBLEM if field.startswith("params.") else _lower(str(first["msg"]))
    message = f"{where}: {problem}{_got(kind, first.get('input'))}."
    more = f" {len(fields) - 1} more fields are wrong." if len(fields) > 1 else ""
    hint = FIXES.get(kind, "Change it to what the message asks for.") + more
    return ErrorOut(code="INVALID", message=message, field=field, hint=hint)


def _field(finding: Mapping[str, Any]) -> str:
    """'params.to' of ('body', 'params', 'to', 'str'): Pydantic adds the member of a union that it tried."""
    parts = [str(part) for part in finding["loc"][1:] if not isinstance(part, int)]
    return ".".join(parts[:2] if parts[:1] == ["params"] else parts)


def _got(kind: str, value: Any) -> str:
    if kind in ("missing", "json_invalid"):
        return ""
    text = repr(value)
    return f", but it is {text if len(text) <= VALUE_CHARS_MAX else text[:VALUE_CHARS_MAX] + '...'}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")


async def _api_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return answer(error.status, error.body, retry_s=error.retry_s)


async def _validation_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return answer(422, explain(error.errors()))


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path, method = request.url.path, request.method
    if error.status_code == 404:
        hint = "See /api/v1/docs for what there is."
        return answer(404, ErrorOut(code="PATH_UNKNOWN", message=f"There is nothing at {path}.", hint=hint))
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "another method")
        body = ErrorOut(
            code="METHOD_NOT_ALLOWED", message=f"{path} does not take {method}.", hint=f"Use {allowed}."
        )
        return answer(405, body)
    return answer(error.status_code, ErrorOut(code="HTTP", message=str(error.detail)))


async def _fleet_error(_: Request, error: Exception) -> Response:
    if isinstance(error, UserError):
        return answer(
            422, ErrorOut(code=error.code, message=error.message, field=error.field, hint=error.hint)
        )
    if isinstance(error, JournalError):
        hint = "Nothing was accepted. Mend it, then send the same again."
        return answer(503, ErrorOut(code="JOURNAL", message=str(error), hint=hint), retry_s=10)
    return await _unexpected(_, error)


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    body = ErrorOut(
        code="INTERNAL",
        message=f"{request.method} {request.url.path} failed in a way that is our mistake.",
        hint="The orchestrator's log has the details; please report it with them.",
    )
    return answer(500, body)
