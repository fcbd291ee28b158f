"""A small REST server beside the world: GET /state, POST /faults. Standard library, loopback, two routes."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from simulators.faults import apply_fault, parse_fault
from simulators.server import WorldServer
from simulators.surroundings import surroundings
from simulators.world import World, WorldError

BODY_BYTES_MAX = 64 * 1024


class RestServer:
    """Runs in a thread of its own; what it reads and changes is done in the world's thread."""

    def __init__(self, server: WorldServer, port: int) -> None:
        self._http = ThreadingHTTPServer(("127.0.0.1", port), _handler(server))
        self.port = self._http.server_address[1]
        self._thread = Thread(target=self._http.serve_forever, name="world-rest", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def _handler(server: WorldServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            routes: dict[str, Callable[[], Any]] = {"/state": lambda: state_of(server.world)}
            if self.path not in routes:
                self._answer(404, {"message": f"{self.path} does not exist; there is GET /state"})
                return
            self._answer(200, server.call(routes[self.path]))

        def do_POST(self) -> None:
            if self.path != "/faults":
                self._answer(404, {"message": f"{self.path} does not exist; there is POST /faults"})
                return
            data = self.rfile.read(min(BODY_BYTES_MAX, int(self.headers.get("Content-Length", "0"))))
            try:
                fault = parse_fault(data)
                server.call(lambda: apply_fault(server.world, fault))
            except WorldError as error:
                self._answer(422, {"message": str(error)})
                return
            self._answer(200, {"applied": type(fault).__name__})

        def _answer(self, status: int, body: Any) -> None:
            data = json.dumps(body, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Requests are not logged: a test asks many times a second."""

    return Handler


def state_of(world: World) -> dict[str, Any]:
    """Bodies, doors, lifts, people and faults, as JSON values."""
    return {
        "site": world.graph.site.site_id,
        "now_s": world.now_s,
        "fire": world.building.fire,
        "bodies": {robot_id: _body(world, robot_id) for robot_id in world.bodies},
        "doors": {door_id: leaf.state for door_id, leaf in world.building.doors.items()},
        "lifts": {
            lift_id: {
                "level": cabin.level,
                "doors": cabin.doors,
                "session": cabin.session,
                "available": cabin.available,
            }
            for lift_id, cabin in world.building.lifts.items()
        },
        "persons": [
            {"id": p.person_id, "role": p.role, "level": p.level, "x_m": p.x_m, "y_m": p.y_m}
            for p in world.crowd.persons()
        ],
        "obstacles": sorted(world.ways.obstacles),
        **surroundings(world),
    }


def _body(world: World, robot_id: str) -> dict[str, Any]:
    body = world.bodies[robot_id]
    mover = body.mover
    return {
        "model": body.facts.model,
        "level": mover.level,
        "x_m": mover.x_m,
        "y_m": mover.y_m,
        "yaw_rad": mover.yaw_rad,
        "speed_mps": mover.speed_mps,
        "battery_fraction": body.battery.fraction,
        "charging": body.is_charging,
        "powered": body.powered,
        "loaded": body.loaded,
        "lit": body.is_lit,
        "blocked_by": body.blocked_by,
        "devices": body.devices,
    }
