"""Alerts stay until somebody handles them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from fleet.api import schemas
from fleet.api.deps import CONTROL, Ctx
from fleet.api.render import alert_out
from fleet.api.submit import control
from fleet.core.events import AlertHandled

router = APIRouter(prefix="/alerts", tags=["alerts"])


@router.get("", summary="List alerts: open ones first, then handled ones, newest first")
async def list_alerts(
    ctx: Ctx,
    handled: Annotated[bool | None, Query(description="Only handled ones, or only open ones")] = None,
) -> list[schemas.AlertOut]:
    records = sorted(
        ctx.services.views.snapshot().alerts.values(),
        key=lambda record: (record.handled_s is not None, -record.raised_s, record.alert_id),
    )
    return [alert_out(record) for record in records if handled in (None, record.handled_s is not None)]


@router.post("/{alert_id}/handle", summary="Say that it is handled", responses=CONTROL)
async def handle_alert(
    ctx: Ctx,
    alert_id: Annotated[str, Path(examples=["alert-000001"])],
    body: schemas.HandleIn | None = None,
) -> schemas.ControlAnswer:
    said = body or schemas.HandleIn()
    return await control(
        ctx.services, AlertHandled(alert_id=alert_id, by=said.by, note=said.note), "alert_id"
    )
