"""The demo's imaginary staff: all families, only what the site can do, and their own PINs only."""

from pathlib import Path
from typing import Any

import pytest

from fleet.cli.demo_missions import OPEN_MAX, Staff, Wishes
from fleet.errors import UserError


def place(place_id: str, kind: str, room: bool = False) -> dict[str, Any]:
    return {"id": place_id, "kind": kind, "room": place_id if room else None}


def param(name: str, kind: str, **more: Any) -> dict[str, Any]:
    plain = {"required": True, "default": None, "choices": [], "kinds": [], "minimum": None}
    return {"name": name, "type": kind, **plain, **more}


HOSPITAL = {
    "places": [
        place("charger_a", "charger"),
        place("pharmacy", "store", room=True),
        place("ward_201", "ward", room=True),
        place("ward_202", "ward", room=True),
        place("gate", "checkpoint"),
    ]
}
OFFICE = {"places": [place(f"desk_{i}", "checkpoint") for i in range(4)]}
TEMPLATES: list[dict[str, Any]] = [
    {
        "id": "deliver",
        "family": "service",
        "params": [param("from", "place"), param("to", "place"), param("pin", "pin")],
    },
    {"id": "patrol_tour", "family": "patrol", "params": [param("checkpoints", "places")]},
    {
        "id": "disinfect_room_uv",
        "family": "disinfection",
        "params": [param("room", "room", kinds=["ward"]), param("dose_mj_cm2", "number", default=25)],
    },
    {"id": "guide_visitor", "family": "guide", "params": [param("to", "place")]},
]


class Server:
    """Answers as the API does, and remembers what was asked."""

    def __init__(self, site: dict[str, Any]) -> None:
        self.site = site
        self.open: list[dict[str, Any]] = []
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.stopped = False
        self.full = False

    def get(self, path: str, **params: Any) -> Any:
        if path == "/health":
            return {"stopped": self.stopped}
        if path == "/templates":
            return [{**template, "available": True} for template in TEMPLATES]
        assert path == "/missions"
        assert params["state"] == ["queued", "assigned", "running", "paused"]
        return self.open

    def post(self, path: str, body: dict[str, Any], *, headers: dict[str, str] | None = None) -> Any:
        if self.full:
            raise UserError("QUEUE_FULL", "The queue is full.")
        self.posted.append((path, body))
        if path != "/missions":
            return {"ok": True}
        mission_id = f"mission-{len(self.posted):06d}"
        self.open.append({"id": mission_id, "tasks": [{"state": "running", "phase": ""}]})
        return {"id": mission_id}


def test_every_round_has_each_family_once() -> None:
    wishes = Wishes(HOSPITAL, TEMPLATES, seed=7)
    for _ in range(3):
        asked = [wishes.next({}) for _ in range(4)]
        assert sorted(wish["template"] for wish in asked if wish) == sorted(t["id"] for t in TEMPLATES)


def test_the_same_seed_wishes_for_the_same_things() -> None:
    one, two = Wishes(HOSPITAL, TEMPLATES, seed=3), Wishes(HOSPITAL, TEMPLATES, seed=3)
    assert [one.next({}) for _ in range(8)] == [two.next({}) for _ in range(8)]


def test_a_site_without_rooms_gets_no_disinfection() -> None:
    wishes = Wishes(OFFICE, TEMPLATES, seed=1)
    assert "disinfection" not in wishes.families()
    assert {wish["template"] for _ in range(9) if (wish := wishes.next({}))} == {
        "deliver",
        "patrol_tour",
        "guide_visitor",
    }


def test_a_template_that_no_robot_can_do_is_not_asked_for() -> None:
    wishes = Wishes(HOSPITAL, TEMPLATES, seed=1)
    only_patrol = {template["id"]: template["id"] == "patrol_tour" for template in TEMPLATES}
    assert [wish["template"] for _ in range(3) if (wish := wishes.next(only_patrol))] == ["patrol_tour"] * 3
    assert wishes.next(dict.fromkeys(only_patrol, False)) is None


@pytest.mark.parametrize("seed", range(20))
def test_places_fit_and_a_delivery_goes_somewhere_else(seed: int) -> None:
    wishes = Wishes(HOSPITAL, TEMPLATES, seed=seed)
    for wish in [wishes.next({}) for _ in range(4)]:
        assert wish is not None
        params = wish["params"]
        if wish["template"] == "deliver":
            assert params["from"] != params["to"]
            assert "charger_a" not in params.values()
            assert len(params["pin"]) == 4
        if wish["template"] == "disinfect_room_uv":
            assert params["room"] in ("ward_201", "ward_202")
            assert "dose_mj_cm2" not in params


def staff(server: Server, memory: Path) -> Staff:
    return Staff(server, Wishes(server.site, TEMPLATES, 1), 1, memory)


def test_the_first_round_comes_quickly_and_then_at_leisure(tmp_path: Path) -> None:
    server = Server(HOSPITAL)
    people = staff(server, tmp_path / "pins.json")
    for second in range(10):
        people.tick(float(second))
    assert {body["template"] for _, body in server.posted} == {t["id"] for t in TEMPLATES}
    assert len(server.posted) == 4
    for second in range(10, 40):
        people.tick(float(second))
    assert 5 <= len(server.posted) <= OPEN_MAX


def test_never_more_than_six_missions_are_open(tmp_path: Path) -> None:
    server = Server(HOSPITAL)
    people = staff(server, tmp_path / "pins.json")
    for second in range(600):
        people.tick(float(second))
    assert len(server.open) == OPEN_MAX


def test_nothing_is_asked_for_while_all_is_stopped(tmp_path: Path) -> None:
    server = Server(HOSPITAL)
    server.stopped = True
    staff(server, tmp_path / "pins.json").tick(0.0)
    assert server.posted == []


def wait_for_pin(server: Server, mission_id: str) -> None:
    for mission in server.open:
        if mission["id"] == mission_id:
            mission["tasks"] = [{"state": "running", "phase": "awaiting_pin"}]


def test_the_pin_of_an_own_delivery_is_typed_after_a_while_also_after_a_restart(tmp_path: Path) -> None:
    server = Server(HOSPITAL)
    people = staff(server, tmp_path / "pins.json")
    for second in range(6):
        people.tick(float(second))
    number, pin = next(
        (index + 1, body["params"]["pin"])
        for index, (_, body) in enumerate(server.posted)
        if body["template"] == "deliver"
    )
    wait_for_pin(server, f"mission-{number:06d}")
    restarted = staff(server, tmp_path / "pins.json")
    restarted.tick(0.0)
    confirmed = f"/missions/mission-{number:06d}/confirm"
    assert confirmed not in [path for path, _ in server.posted], "nobody types at once"
    for second in range(1, 7):
        restarted.tick(float(second))
    assert (confirmed, {"what": "pin", "value": pin, "by": "demo"}) in server.posted


def test_the_pins_of_others_are_left_alone(tmp_path: Path) -> None:
    server = Server(HOSPITAL)
    server.open = [{"id": "mission-000099", "tasks": [{"state": "running", "phase": "awaiting_pin"}]}] * 6
    people = staff(server, tmp_path / "pins.json")
    for second in range(20):
        people.tick(float(second))
    assert server.posted == []


def test_what_the_server_refuses_is_noted_and_tried_again(tmp_path: Path) -> None:
    server = Server(HOSPITAL)
    server.full = True
    people = staff(server, tmp_path / "pins.json")
    people.tick(0.0)
    assert people.notes == ["The queue is full."]
    server.full = False
    people.tick(2.0)
    assert len(server.posted) == 1


def test_pins_are_kept_for_the_owner_only(tmp_path: Path) -> None:
    server, memory = Server(HOSPITAL), tmp_path / "pins.json"
    people = staff(server, memory)
    for second in range(6):
        people.tick(float(second))
    assert memory.stat().st_mode & 0o077 == 0
