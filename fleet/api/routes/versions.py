"""The versions of the site that this orchestrator has run with."""

from typing import Annotated

from fastapi import APIRouter, Path

from fleet.api.deps import UNKNOWN, Ctx
from fleet.api.errors import ApiError, not_found
from fleet.api.schemas import ErrorOut
from fleet.api.services import SiteVersionView
from fleet.api.version_schemas import SiteVersionDetail, SiteVersionOut

router = APIRouter(prefix="/site/versions", tags=["site"])
SHORT_MIN = 6
LONG_MAX = 64


@router.get("", summary="Versions of the site, the one used last first")
def list_site_versions(ctx: Ctx) -> list[SiteVersionOut]:
    kept = ctx.services.site_versions
    return [] if kept is None else [_out(version, kept.current) for version in kept.all()]


@router.get("/{version}", summary="A version with its site file", responses=UNKNOWN)
def get_site_version(
    ctx: Ctx,
    version: Annotated[
        str,
        Path(
            min_length=SHORT_MIN,
            max_length=LONG_MAX,
            pattern="^[0-9a-f]+$",
            description="Its hash, or the first letters of it",
        ),
    ],
) -> SiteVersionDetail:
    kept = ctx.services.site_versions
    found = [] if kept is None else kept.beginning(version)
    if kept is None or not found:
        raise not_found("version", version, [])
    if len(found) > 1:
        hint = f"Give more letters: {', '.join(other.content_hash[:16] for other in found)}."
        message = f"{len(found)} versions begin with '{version}'."
        raise ApiError(404, ErrorOut(code="VERSION_AMBIGUOUS", message=message, field="version", hint=hint))
    return SiteVersionDetail(
        **_out(found[0], kept.current).model_dump(), yaml=kept.yaml(found[0].content_hash)
    )


def _out(version: SiteVersionView, current: str) -> SiteVersionOut:
    return SiteVersionOut(
        hash=version.content_hash,
        site=version.site_id,
        first_used_s=version.first_used_s,
        last_used_s=version.last_used_s,
        starts=version.starts,
        current=version.content_hash == current,
    )
