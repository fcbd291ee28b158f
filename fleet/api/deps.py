"""What routes take from the application: its services and the renderer."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from fleet.api import schemas
from fleet.api.drawings import Drawings
from fleet.api.render import Renderer
from fleet.api.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    services: Services
    renderer: Renderer
    site: schemas.SiteOut
    machines: list[schemas.MachineOut]
    drawings: Drawings


async def context(connection: HTTPConnection) -> Context:
    found = connection.app.state.context
    assert isinstance(found, Context), "create_app puts it there"
    return found


Ctx = Annotated[Context, Depends(context)]
ERRORS: dict[int | str, dict[str, object]] = {
    422: {"model": schemas.ErrorOut, "description": "The input is wrong: field, value and fix."},
    503: {
        "model": schemas.ErrorOut,
        "description": "Not now: the queue or the disk is full. Send it again later.",
    },
}
UNKNOWN: dict[int | str, dict[str, object]] = {
    404: {"model": schemas.ErrorOut, "description": "There is no such thing; hint names the nearest."}
}
CONTROL: dict[int | str, dict[str, object]] = {
    **ERRORS,
    **UNKNOWN,
    409: {"model": schemas.ErrorOut, "description": "Refused, with the veto and what to do."},
}
