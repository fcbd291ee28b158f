"""What the demo's imaginary staff do: ask for missions of all families, and type their deliveries' PINs."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from fleet.errors import FleetError

PERIOD_S = (15.0, 25.0)
OPEN_MAX = 6
FIRST_PERIOD_S = 1.0
"""At the start one of each family comes quickly, so that there is something to see."""
PIN_DELAY_S = (2.0, 5.0)
"""A person has to walk up and type."""
OPEN_STATES = ["queued", "assigned", "running", "paused"]
CHARGERS = ("charger",)
ROBOTS_OWN = (*CHARGERS, "parking", "hold_point", "waypoint", "room_entrance")
"""Kinds of places where nobody has business, if a site has enough others (an Open-RMF building may not)."""
ENOUGH_PLACES = 2
DULL = ("go_to",)
"""Nobody would watch it."""
PINS_KEPT = 200
ITEMS = ("infusion set", "lab samples", "blood units", "linen", "discharge papers", "insulin", "X-ray films")
ITEMS_AT = {
    "community": ("parcel", "groceries", "lunch box", "borrowed books", "spare keys", "medicine"),
    "ancient_town": ("tea", "silk scarf", "paper cuts", "noodles", "lantern", "lost property", "postcards"),
}
"""What is carried about at other sites of ours."""
NAME = "demo"


class Client(Protocol):
    """The part of fleet.cli.client.Api that is needed here."""

    def get(self, path: str, **params: Any) -> Any: ...

    def post(self, path: str, body: dict[str, Any], *, headers: dict[str, str] | None = None) -> Any: ...


class Wishes:
    """Endless mission requests for one site, from a seed. Pure: the same seed wishes for the same things."""

    def __init__(self, site: dict[str, Any], templates: list[dict[str, Any]], seed: int) -> None:
        self._random = random.Random(seed)
        self._items = ITEMS_AT.get(site.get("id", ""), ITEMS)
        self._places = site["places"]
        self._rooms = [place for place in self._places if place["room"] == place["id"]]
        self._templates = [template for template in templates if self._possible(template)]
        self._families: list[str] = []

    def _possible(self, template: dict[str, Any]) -> bool:
        kinds = [param["type"] for param in template["params"]]
        return template["id"] not in DULL and bool(kinds) and ("room" not in kinds or bool(self._rooms))

    def families(self) -> list[str]:
        return sorted({template["family"] for template in self._templates})

    def next(self, available: dict[str, bool]) -> dict[str, Any] | None:
        """The body of a POST /missions; None when no template can be carried out now."""
        for family in self._rounds():
            fitting = [t for t in self._templates if t["family"] == family and available.get(t["id"], True)]
            if fitting:
                self._families = [other for other in self._families if other != family]
                return self._wish(self._random.choice(fitting))
        return None

    def _rounds(self) -> list[str]:
        """Families that have not had their turn; each has one a round, in random order."""
        if not self._families:
            self._families = self.families()
            self._random.shuffle(self._families)
        return list(self._families) + [f for f in self.families() if f not in self._families]

    def _wish(self, template: dict[str, Any]) -> dict[str, Any]:
        used: list[str] = []
        params = {
            param["name"]: value
            for param in template["params"]
            if (value := self._value(param, used)) is not None
        }
        return {
            "template": template["id"],
            "params": params,
            "priority": self._random.choice((1, 1, 1, 2)),
            "requested_by": NAME,
        }

    def _value(self, param: dict[str, Any], used: list[str]) -> Any:
        """A fitting value; None leaves the parameter out."""
        kind = param["type"]
        if kind in ("place", "places", "room"):
            return self._somewhere(param, used)
        if kind == "pin":
            return f"{self._random.randrange(10_000):04d}"
        if kind == "text":
            return self._random.choice(self._items)
        if kind == "choice":
            return self._random.choice(param["choices"])
        if param["default"] is not None or not param["required"]:
            return None
        return param["minimum"] if kind == "number" else False

    def _somewhere(self, param: dict[str, Any], used: list[str]) -> Any:
        if param["type"] == "places":
            known = self._fitting(param, used)
            return self._random.sample(known, min(len(known), self._random.randint(3, 5)))
        known = self._fitting(param, used)
        place: str = self._random.choice(known)
        used.append(place)
        return place

    def _fitting(self, param: dict[str, Any], used: list[str]) -> list[str]:
        """Places of the kinds asked for, people's before robots'; not twice in one mission."""
        pool = self._rooms if param["type"] == "room" else self._places
        fitting = [p for p in pool if not param["kinds"] or p["kind"] in param["kinds"]]
        for shunned in (ROBOTS_OWN, CHARGERS, ()):
            found = [p["id"] for p in fitting if p["kind"] not in shunned and p["id"] not in used]
            if len(found) >= ENOUGH_PLACES:
                return found
        return found or [place["id"] for place in fitting]


class Staff:
    """Asks and confirms through the API. Knows only its own missions' PINs; keeps them over a restart."""

    def __init__(self, client: Client, wishes: Wishes, seed: int, memory: Path, speed: float = 1.0) -> None:
        self._client = client
        self._wishes = wishes
        self._random = random.Random(seed + 1)
        self._memory = memory
        self._speed = speed
        self._pins: dict[str, str] = read_memory(memory)
        self._due: dict[str, float] = {}
        """Mission to when its PIN is typed."""
        self._next_s = 0.0
        self._sent = 0
        self.notes: list[str] = []

    def tick(self, now_s: float) -> None:
        """Once a second or so; now_s is monotonic. What the server refuses is noted, not raised."""
        try:
            missions = self._client.get("/missions", state=OPEN_STATES, limit=100)
            self._confirm(missions, now_s)
            if now_s >= self._next_s and len(missions) < OPEN_MAX:
                self._ask(now_s)
        except FleetError as error:
            self.notes.append(str(error))
            self._next_s = now_s + FIRST_PERIOD_S

    def _ask(self, now_s: float) -> None:
        if self._client.get("/health")["stopped"]:
            return
        templates = self._client.get("/templates")
        wish = self._wishes.next({template["id"]: template["available"] for template in templates})
        if wish is None:
            return
        self._sent += 1
        eager = self._sent < len(self._wishes.families())
        self._next_s = now_s + (FIRST_PERIOD_S if eager else self._random.uniform(*PERIOD_S) / self._speed)
        answer = self._client.post("/missions", wish)
        if "pin" in wish["params"]:
            self._pins[answer["id"]] = wish["params"]["pin"]
            self._pins = dict(list(self._pins.items())[-PINS_KEPT:])
            write_memory(self._memory, self._pins)

    def _confirm(self, missions: list[dict[str, Any]], now_s: float) -> None:
        for mission_id in waiting_for_pin(missions):
            if mission_id not in self._pins:
                continue
            due_s = self._due.setdefault(mission_id, now_s + self._random.uniform(*PIN_DELAY_S) / self._speed)
            if now_s >= due_s:
                self._due[mission_id] = now_s + max(PIN_DELAY_S)  # again later, should it still wait
                body = {"what": "pin", "value": self._pins[mission_id], "by": NAME}
                self._client.post(f"/missions/{mission_id}/confirm", body)


def waiting_for_pin(missions: list[dict[str, Any]]) -> Iterator[str]:
    """Missions whose running step says that it waits for its PIN."""
    for mission in missions:
        for task in mission["tasks"]:
            if task["state"] == "running" and task["phase"] == "awaiting_pin":
                yield mission["id"]


def read_memory(path: Path) -> dict[str, str]:
    """PINs of an earlier run on the same data; an unreadable file counts as none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(mission): str(pin) for mission, pin in found.items()} if isinstance(found, dict) else {}


def write_memory(path: Path, pins: dict[str, str]) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(pins), encoding="utf-8")
    fresh.chmod(0o600)
    fresh.replace(path)
