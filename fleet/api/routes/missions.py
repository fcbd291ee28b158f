"""Missions: ask for one, follow it, control it, ask why."""

import re
import uuid
from collections.abc import Iterator
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Header, Path, Query, Response
from fastapi.responses import FileResponse

from fleet.api import schemas, why
from fleet.api.deps import CONTROL, ERRORS, UNKNOWN, Context, Ctx
from fleet.api.errors import ApiError, invalid, not_found
from fleet.api.submit import control, send_mission, sentence
from fleet.core.commands import AcceptMission
from fleet.core.events import MissionConfirmed, MissionControlled, MissionRequested, MissionVerb
from fleet.core.state import MissionRecord
from missions.lifecycle import MissionState
from missions.mission import Family, Mission
from missions.templates import TemplateError

router = APIRouter(prefix="/missions", tags=["missions"])
KEY_CHARS_MAX = 200
IMAGE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.jpg")

MissionId = Annotated[str, Path(examples=["mission-000001"])]
EXAMPLES = {
    "delivery": {
        "summary": "Service: carry something, hand it over against a PIN",
        "value": {
            "template": "deliver",
            "params": {"from": "pharmacy", "to": "ward_201", "pin": "4711", "item": "insulin"},
        },
    },
    "patrol": {
        "summary": "Patrol: a picture at each checkpoint",
        "value": {"template": "patrol_tour", "params": {"checkpoints": ["pharmacy", "ward_201"]}},
    },
    "disinfection": {
        "summary": "Disinfection of an empty room by UV-C",
        "value": {"template": "disinfect_room_uv", "params": {"room": "ward_202", "dose_mj_cm2": 25}},
    },
    "guide": {
        "summary": "Guide a visitor",
        "value": {"template": "guide_visitor", "params": {"to": "ward_201"}, "priority": 2},
    },
}


@router.post(
    "",
    status_code=201,
    summary="Ask for a mission",
    responses={
        **ERRORS,
        200: {
            "model": schemas.MissionAnswer,
            "description": "This Idempotency-Key was answered before; here is that mission.",
        },
        409: {
            "model": schemas.ErrorOut,
            "description": "Refused: code is the veto, vetoes has one by robot, hint says what to do.",
            "content": {
                "application/json": {
                    "example": {
                        "code": "NO_CAPABLE_ROBOT",
                        "message": "No robot on this site can spray.",
                        "field": "",
                        "hint": "Connect a robot with this skill, or choose another template.",
                        "vetoes": {"carrier-1": "ROBOT_NOT_CAPABLE"},
                    }
                }
            },
        },
    },
)
async def submit_mission(
    ctx: Ctx,
    response: Response,
    body: Annotated[schemas.MissionIn, Body(openapi_examples=EXAMPLES)],
    idempotency_key: Annotated[str | None, Header(max_length=KEY_CHARS_MAX)] = None,
) -> schemas.MissionAnswer:
    """The answer comes after the mission is durable: which robot, when, how long, and why.

    A mission that no robot can start yet is accepted too (robot is empty, because says what it waits for).
    Send an Idempotency-Key and repeat the request as often as you like: it becomes one mission.
    """
    mission = expand(ctx, body)
    key = request_key(body, idempotency_key)
    accepted = await send_mission(ctx.services, MissionRequested(mission=mission, request_key=key))
    if accepted.repeated:
        response.status_code = 200
        same_request(ctx, accepted, mission, key)
    response.headers["Location"] = f"/api/v1/missions/{accepted.mission_id}"
    return mission_answer(ctx, accepted)


def expand(ctx: Context, body: schemas.MissionIn) -> Mission:
    """Raises ApiError 422 naming the parameter, its value and the fix."""
    params = {name: tuple(value) if isinstance(value, list) else value for name, value in body.params.items()}
    try:
        return ctx.services.templates.expand(
            body.template,
            params,
            ctx.services.graph,
            priority=body.priority,
            robot=body.robot or None,
            requested_by=body.requested_by,
        )
    except TemplateError as error:
        raise invalid(error.field, sentence(error.message), error.hint, code=error.code.upper()) from error


def request_key(body: schemas.MissionIn, header: str | None) -> str:
    """The caller's key, or one of our own for a caller who has none."""
    if header and body.idempotency_key and header != body.idempotency_key:
        message = f"The header Idempotency-Key says '{header}', the body says '{body.idempotency_key}'."
        raise invalid("idempotency_key", message, "Send one of the two.")
    key = header or body.idempotency_key or ""
    if len(key) > KEY_CHARS_MAX:
        raise invalid(
            "idempotency_key",
            f"The key has {len(key)} characters; {KEY_CHARS_MAX} are allowed.",
            "Use a UUID.",
        )
    return key or f"api-{uuid.uuid4().hex}"


def same_request(ctx: Context, accepted: AcceptMission, mission: Mission, key: str) -> None:
    """Raises ApiError 409 when the key was used for something else: a repeat would hide the new wish."""
    record = find(ctx, accepted.mission_id)
    if record is None:
        return
    if (record.mission.template, record.mission.params) != (mission.template, mission.params):
        message = f"The key '{key}' was used for {accepted.mission_id}, which asks for something else."
        hint = "Use a new key for a new mission."
        raise ApiError(
            409,
            schemas.ErrorOut(code="KEY_REUSED", message=message, field="idempotency_key", hint=hint),
        )


def mission_answer(ctx: Context, accepted: AcceptMission) -> schemas.MissionAnswer:
    record = ctx.services.views.mission(accepted.mission_id)
    known = str(record.state) if record is not None else None
    state = known or (MissionState.ASSIGNED if accepted.robot else MissionState.QUEUED).value
    return schemas.MissionAnswer(
        id=accepted.mission_id,
        state=state,
        robot=accepted.robot,
        start_s=whole_ms(accepted.start_s),
        duration_s=whole_ms(accepted.duration_s),
        because=accepted.because,
        repeated=accepted.repeated,
    )


def whole_ms(value_s: float | None) -> float | None:
    return None if value_s is None else round(value_s, 3)


@router.get("", summary="List missions, newest first", responses=ERRORS)
def list_missions(
    ctx: Ctx,
    state: Annotated[list[MissionState] | None, Query(description="Only these; may be given again")] = None,
    family: Annotated[Family | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[schemas.MissionOut]:
    now_s = ctx.services.clock()
    found: list[schemas.MissionOut] = []
    for record in newest_first(ctx, limit):
        if len(found) == limit:
            break
        if (not state or record.state in state) and family in (None, record.mission.family):
            found.append(ctx.renderer.mission(record, now_s))
    return found


def newest_first(ctx: Context, limit: int) -> Iterator[MissionRecord]:
    """Those in memory, then older ones from the database."""
    live = ctx.services.views.snapshot().missions
    oldest = None
    for mission_id in sorted(live, reverse=True):
        oldest = mission_id
        yield live[mission_id]
    for record in ctx.services.history.missions(before_id=oldest, limit=limit):
        if record.mission.mission_id not in live:
            yield record


@router.get("/{mission_id}", summary="One mission: steps, times, reasons, pictures", responses=UNKNOWN)
async def get_mission(ctx: Ctx, mission_id: MissionId) -> schemas.MissionDetail:
    record = must_find(ctx, mission_id)
    return ctx.renderer.mission_detail(record, ctx.services.clock(), images(ctx, mission_id))


@router.get("/{mission_id}/why", summary="Why is it so, and what does it wait for?", responses=UNKNOWN)
async def why_mission(ctx: Ctx, mission_id: MissionId) -> schemas.WhyOut:
    return why.mission_why(must_find(ctx, mission_id), ctx.services.views, ctx.services.clock())


@router.post("/{mission_id}/confirm", summary="Confirm a step, or enter the PIN", responses=CONTROL)
async def confirm_mission(ctx: Ctx, mission_id: MissionId, body: schemas.ConfirmIn) -> schemas.ControlAnswer:
    """For a task whose phase waits for a person: what is pin (value: the PIN), loaded, unloaded or start."""
    must_find(ctx, mission_id)
    event = MissionConfirmed(mission_id=mission_id, what=body.what, value=body.value, by=body.by)
    return await control(ctx.services, event, "mission_id")


@router.post("/{mission_id}/{verb}", summary="Cancel, pause or resume", responses=CONTROL)
async def control_mission(
    ctx: Ctx,
    mission_id: MissionId,
    verb: Literal["cancel", "pause", "resume"],
    body: schemas.ControlIn | None = None,
) -> schemas.ControlAnswer:
    """pending names the robot whose acknowledgement is awaited; an alert follows if it does not come."""
    must_find(ctx, mission_id)
    asked = body or schemas.ControlIn()
    event = MissionControlled(
        mission_id=mission_id, verb=MissionVerb(verb), by=asked.by, because=asked.because
    )
    return await control(ctx.services, event, "mission_id")


@router.get(
    "/{mission_id}/images/{name}",
    summary="A picture taken as evidence",
    response_class=FileResponse,
    responses={**UNKNOWN, 200: {"content": {"image/jpeg": {}}}},
)
async def mission_image(ctx: Ctx, mission_id: MissionId, name: str) -> FileResponse:
    known = images(ctx, mission_id)
    if not IMAGE_NAME.fullmatch(name) or address(mission_id, name) not in known:
        raise not_found("image", name, [entry.rpartition("/")[2] for entry in known], field="name")
    path = ctx.services.frames_dir / mission_id / name
    return FileResponse(path, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=86400"})


def images(ctx: Context, mission_id: str) -> list[str]:
    folder = ctx.services.frames_dir / mission_id
    if not mission_id.replace("-", "").isalnum() or not folder.is_dir():
        return []
    names = sorted(path.name for path in folder.iterdir() if IMAGE_NAME.fullmatch(path.name))
    return [address(mission_id, name) for name in names]


def address(mission_id: str, name: str) -> str:
    return f"/api/v1/missions/{mission_id}/images/{name}"


def find(ctx: Context, mission_id: str) -> MissionRecord | None:
    return ctx.services.views.mission(mission_id) or ctx.services.history.mission(mission_id)


def must_find(ctx: Context, mission_id: str) -> MissionRecord:
    record = find(ctx, mission_id)
    if record is None:
        raise not_found(
            "mission", mission_id, list(ctx.services.views.snapshot().missions), field="mission_id"
        )
    return record
