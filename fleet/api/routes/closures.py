"""Lanes, zones, rooms, doors and lifts that nobody may enter now: close, see, open."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from fleet.api import closed, schemas
from fleet.api.closure_schemas import ClosureAnswer, ClosureEffect, ClosureIn, ClosureOut, Kind
from fleet.api.deps import CONTROL, ERRORS, UNKNOWN, Context, Ctx
from fleet.api.errors import ApiError, invalid, not_found
from fleet.api.schemas import ErrorOut
from fleet.api.submit import control, find_answer, sentence
from fleet.api.words import Name, Reason
from fleet.core.events import ElementClosed, ElementOpened
from missions.planning.closures import ElementKind

router = APIRouter(prefix="/closures", tags=["closures"])
ClosureId = Annotated[str, Path(examples=["closure-000001"])]


@router.get("", summary="What is closed now, the oldest first")
async def list_closures(
    ctx: Ctx,
    kind: Kind | None = None,
    element: Annotated[str, Query(alias="id", description="Id of the element or its name: only those")] = "",
) -> list[ClosureOut]:
    """With id, those that are in force for this element: of a lane both ways, or this way."""
    records = closed.in_force(ctx.services.views.snapshot())
    if element:
        records = [record for record in records if closed.is_of(record, element, ctx.services.elements)]
    return [closed.closure_out(record) for record in records if kind in (None, record.kind.value)]


@router.get("/effect", summary="What closing it now would mean", responses={**ERRORS, **UNKNOWN})
async def closure_effect(
    ctx: Ctx,
    kind: Kind,
    element: Annotated[str, Query(alias="id", description="Id of the element, or its name")],
    *,
    one_way: bool = False,
) -> ClosureEffect:
    element_id = must_find(ctx, ElementKind(kind), element, one_way=one_way)
    area = ctx.services.elements.area(ElementKind(kind), element_id, one_way=one_way)
    return closed.effect(element_id, area, ctx.services.views)


@router.post("", status_code=201, summary="Close a lane, zone, room, door or lift", responses=CONTROL)
async def close_element(ctx: Ctx, body: ClosureIn) -> ClosureAnswer:
    """Nobody enters it any more. Robots that were to pass go round it, or wait and say why; one that is
    inside drives out. Missions into it wait. Closing it again changes the reason and the time.
    """
    if not body.because:
        hint = 'Say why in a few words: {"because": "wet floor"}.'
        raise invalid("because", "'because' is empty, and closing needs a reason.", hint)
    if body.minutes is not None and body.until_s is not None:
        hint = "Give one of them: minutes from now, or until_s in Unix seconds."
        raise invalid("until_s", "Both 'minutes' and 'until_s' are given.", hint)
    kind = ElementKind(body.kind)
    event = ElementClosed(
        kind=kind,
        element_id=must_find(ctx, kind, body.id, one_way=body.one_way),
        by=body.by,
        because=body.because,
        until_s=closed.until_s(body.minutes, body.until_s, ctx.services.clock()),
        one_way=body.one_way and kind is ElementKind.LANE,
    )
    command = await find_answer(ctx.services, event, "id")
    return ClosureAnswer(id=command.ref, because=sentence(command.because), pending=list(command.pending))


@router.delete("/{closure_id}", summary="Open it again", responses=CONTROL)
async def open_element(
    ctx: Ctx, closure_id: ClosureId, by: Name = "", because: Reason = ""
) -> schemas.ControlAnswer:
    record = ctx.services.views.closure(closure_id)
    if record is None or record.opened_s is not None:
        known = [found.closure_id for found in closed.in_force(ctx.services.views.snapshot())]
        raise not_found("closure", closure_id, known, field="closure_id")
    event = ElementOpened(closure_id=closure_id, by=by, because=because)
    return await control(ctx.services, event, "closure_id")


def must_find(ctx: Context, kind: ElementKind, text: str, *, one_way: bool) -> str:
    """The element's id. Raises ApiError 404 with the nearest."""
    elements = ctx.services.elements
    found = elements.find(kind, text, one_way=one_way)
    if found is None:
        near = elements.nearest(kind, text)
        count = len(elements.ids(kind))
        hint = f"Did you mean {' or '.join(near)}?" if near else f"The site has {count} of this kind."
        message = f"The site has no {kind} '{text}'."
        raise ApiError(404, ErrorOut(code="ELEMENT_UNKNOWN", message=message, field="id", hint=hint))
    return found
