"""Closing and opening over HTTP: what is said, what is refused, what closing would mean."""

from typing import Any

import pytest

from fleet.core import events as ev
from missions.planning.closures import ElementKind
from tests.fleet.api.town import Town

DELIVERY = {"template": "deliver", "params": {"from": "pharmacy", "to": "ward_201", "pin": "4711"}}
ROOM = {"kind": "room", "id": "ward_201", "because": "flooding", "by": "Wang"}


def closed(town: Town) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = town.get("/closures").json()
    return found


def test_a_closing_is_answered_listed_and_opened_by_its_id(town: Town) -> None:
    got = town.post("/closures", {**ROOM, "minutes": 30})
    assert got.status_code == 201, got.text
    answer = got.json()
    assert answer["because"].startswith("Room ward_201 is closed by Wang until ")
    (shown,) = closed(town)
    assert (shown["id"], shown["kind"], shown["element"]) == (answer["id"], "room", "ward_201")
    assert shown["until_s"] == town.now_s + 1800.0
    opened = town.call("DELETE", f"/api/v1/closures/{answer['id']}", params={"by": "Li"})
    assert opened.status_code == 200, opened.text
    assert closed(town) == []


def test_an_id_with_slashes_and_arrows_can_be_closed_and_opened(town: Town) -> None:
    lane = next(iter(town.graph.edges))
    got = town.post("/closures", {"kind": "lane", "id": lane, "because": "wet", "one_way": True})
    assert got.status_code == 201, got.text
    (shown,) = closed(town)
    assert (shown["element"], shown["one_way"]) == (lane, True)
    assert town.call("DELETE", f"/api/v1/closures/{shown['id']}").status_code == 200


def test_a_place_may_be_given_by_its_name(town: Town) -> None:
    name = town.graph.rooms["ward_201"].names["zh-CN"]
    assert town.post("/closures", {**ROOM, "id": name}).status_code == 201
    assert closed(town)[0]["element"] == "ward_201"


@pytest.mark.parametrize(
    ("change", "status", "code", "word"),
    [
        ({"id": "ward201"}, 404, "ELEMENT_UNKNOWN", "ward_201"),
        ({"kind": "corridor"}, 422, "INVALID", "kind"),
        ({"because": "  "}, 422, "INVALID", "because"),
        ({"minutes": 0}, 422, "INVALID", "minutes"),
        ({"minutes": "NaN"}, 422, "INVALID", "minutes"),
        ({"minutes": 5, "until_s": 2e9}, 422, "INVALID", "until_s"),
        ({"until_s": 1.0}, 409, "WRONG_STATE", "passed"),
        ({"until_s": 1e300}, 409, "WRONG_STATE", "more than a year away"),
        ({"until_s": -1e300}, 409, "WRONG_STATE", "passed"),
        ({"because": "x" * 10_000}, 422, "INVALID", "Say it shorter"),
        ({"because": "\n\x00"}, 422, "INVALID", "because"),
        ({"by": "y" * 10_000}, 422, "INVALID", "Say it shorter"),
        ({"direction": "north"}, 422, "INVALID", "direction"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_field_and_the_fix(
    town: Town, change: dict[str, Any], status: int, code: str, word: str
) -> None:
    got = town.post("/closures", {**ROOM, **change})
    assert (got.status_code, got.json()["code"]) == (status, code), got.text
    assert word in got.text
    assert closed(town) == []


def test_reasons_and_names_are_kept_as_one_line_without_what_acts_on_a_terminal(town: Town) -> None:
    town.post("/closures", {**ROOM, "because": " wet\nfloor\x1b[31m\u202e 湿滑 ", "by": "Wang\t\x00"})
    (shown,) = closed(town)
    assert (shown["because"], shown["by"]) == ("wet floor [31m 湿滑", "Wang")
    town.call("DELETE", f"/api/v1/closures/{shown['id']}", params={"because": "dry\nnow"})
    told = str(town.get("/journal").json())
    assert "is open again: dry now" in told


def test_closures_of_one_element_are_found_by_its_id_its_name_or_either_direction(town: Town) -> None:
    elements = town.app.state.context.services.elements
    there = next(lane for lane in town.graph.edges if elements.find(ElementKind.LANE, lane) != lane)
    lane = elements.find(ElementKind.LANE, there)
    for body in ({"kind": "lane", "id": there}, {"kind": "lane", "id": there, "one_way": True}, ROOM):
        town.post("/closures", {"because": "wet", **body})
    by_id = {text: town.get("/closures", id=text).json() for text in (there, lane, "201病房", "ward_202")}
    assert [c["element"] for c in by_id[there]] == [lane, there]
    assert [c["element"] for c in by_id[lane]] == [lane]
    assert [c["element"] for c in by_id["201病房"]] == ["ward_201"]
    assert by_id["ward_202"] == []
    assert len(town.get("/closures", kind="lane").json()) == 2


def test_opening_what_is_not_closed_is_404(town: Town) -> None:
    got = town.call("DELETE", "/api/v1/closures/closure-000009")
    assert (got.status_code, got.json()["code"]) == (404, "CLOSURE_UNKNOWN")


def test_the_effect_names_missions_that_would_wait_and_robots_inside(town: Town) -> None:
    town.post("/missions", DELIVERY)
    town.robot("sentry-9", "patrol", "ward_201")
    effect = town.get("/closures/effect", kind="room", id="ward_201").json()
    assert effect == {
        "element": "ward_201",
        "missions": ["mission-000001"],
        "passing": [],
        "inside": ["sentry-9"],
    }
    assert town.get("/closures/effect", kind="room", id="ward_210").status_code == 404


def test_a_mission_into_it_waits_and_why_says_for_what(town: Town) -> None:
    town.post("/closures", ROOM)
    answer = town.post("/missions", DELIVERY).json()
    assert (answer["state"], answer["robot"]) == ("queued", "")
    why = town.get(f"/missions/{answer['id']}/why").json()
    assert any("room ward_201 is closed by Wang: flooding" in reason for reason in why["reasons"])
    assert any("room ward_201 to be opened" in reason for reason in why["reasons"])


def test_the_stream_tells_closings_and_openings(town: Town) -> None:
    from fleet.api.stream import changes, snapshot

    context = town.app.state.context
    cursor = town.views.snapshot().cursor
    town.post("/closures", ROOM)
    assert [c.element for c in snapshot(context).closures] == ["ward_201"]
    (told,) = changes(context, town.views.changes_since(cursor)).closures
    assert (told.element, told.opened_s) == ("ward_201", None)
    cursor = town.views.snapshot().cursor
    town.say(ev.ElementOpened(closure_id=told.id, by="Li"))
    (told,) = changes(context, town.views.changes_since(cursor)).closures
    assert (told.opened_s, told.opened_by) == (town.now_s, "Li")
    assert snapshot(context).closures == []
