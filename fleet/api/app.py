"""The HTTP application: routes, guard, errors, console. Submits events, reads views, decides nothing."""

from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from fleet.api import console, errors, reference, schemas, stream
from fleet.api.deps import ERRORS, Context
from fleet.api.drawings import Drawings
from fleet.api.guard import LoopbackGuard
from fleet.api.render import Renderer
from fleet.api.routes import alerts, closures, drawings, missions, robots, site, versions
from fleet.api.services import Services
from fleet.api.site_out import site_out
from fleet.api.templates_out import secret_params
from robots.lifecycle import machines

PREFIX = "/api/v1"
DESCRIPTION = """
Orchestrates the robots of one site. Units are SI: seconds (Unix, UTC), metres, radians, fractions of 1.

**Start here**: `GET /templates` says what can be asked for, `GET /site` which places there are,
`POST /missions` asks for one, `GET /missions/{id}` follows it, `GET /missions/{id}/why` explains it,
`WS /stream` shows everything live.

**Errors** have one shape: `code` (stable), `message` (names the thing and its value), `field`, `hint` (what
to do) and, for a refused mission, `vetoes` by robot. 404: no such thing; 409: refused; 422: wrong input;
503: not now, try again.

**Repeating** a `POST /missions` is safe with an `Idempotency-Key`.

Until there is sign-in, only loopback addresses are served, and pages of other origins are refused.
"""
TAGS = [
    {"name": "missions", "description": "What operators ask for."},
    {"name": "robots", "description": "What carries it out."},
    {"name": "fleet", "description": "All robots at once."},
    {"name": "alerts", "description": "What needs a person."},
    {"name": "closures", "description": "Lanes, zones, rooms, doors and lifts that nobody enters now."},
    {"name": "site", "description": "The place, the orchestrator's health, and its journal."},
    {"name": "stream", "description": "Everything, live."},
]


def create_app(services: Services) -> FastAPI:
    """The application over these services. It starts nothing but a task while somebody watches the stream."""
    app = _routes(services.version)
    context = Context(
        services=services,
        renderer=Renderer(services.views, secret_params(services.templates)),
        site=site_out(services.graph),
        drawings=Drawings(services.graph, services.site_file),
        machines=[
            schemas.MachineOut(
                name=machine.name, states=list(machine.states), transitions=list(machine.transitions)
            )
            for machine in machines()
        ],
    )
    app.state.context = context
    app.state.broadcaster = stream.Broadcaster(context)
    console.install(app, services.console_dir)
    return app


def openapi(version: str) -> dict[str, Any]:
    """The OpenAPI document, without an orchestrator."""
    return _routes(version).openapi()


def _routes(version: str) -> FastAPI:
    app = FastAPI(
        title="CityFleet",
        version=version,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        generate_unique_id_function=lambda route: route.name,
    )
    api = APIRouter(prefix=PREFIX, responses={422: ERRORS[422]})
    for router in (
        missions.router,
        robots.router,
        alerts.router,
        closures.router,
        site.router,
        versions.router,
        drawings.router,
        stream.router,
    ):
        api.include_router(router)
    app.include_router(api)
    app.include_router(reference.router, prefix=PREFIX)
    errors.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=2048, compresslevel=5)
    app.add_middleware(LoopbackGuard)
    return app
