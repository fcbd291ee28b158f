"""POST and GET /missions: every answer and every mistake."""

from typing import Any

import pytest

from fleet.core import commands as cm
from fleet.core import events as ev
from fleet.core.commands import SendInstant
from fleet.errors import JournalError, LocalError
from fleet.runtime import QueueFull
from tests.fleet.api.town import Town

DELIVERY: dict[str, Any] = {
    "template": "deliver",
    "params": {"from": "pharmacy", "to": "ward_201", "pin": "4711", "item": "insulin"},
}


def test_a_mission_is_answered_with_robot_time_and_reason(town: Town) -> None:
    got = town.post("/missions", DELIVERY)
    assert got.status_code == 201
    answer = got.json()
    assert answer["id"] == "mission-000001"
    assert answer["robot"] == "carrier-1"
    assert answer["start_s"] >= town.now_s
    assert answer["duration_s"] > 0
    assert answer["because"]
    assert got.headers["location"] == "/api/v1/missions/mission-000001"
    assert town.get("/missions/mission-000001").json()["state"] == answer["state"]


@pytest.mark.parametrize(
    ("template", "params", "robot"),
    [
        ("patrol_tour", {"checkpoints": ["main_entrance", "checkpoint_l1_east"]}, "sentry-1"),
        ("disinfect_room_uv", {"room": "ward_202", "dose_mj_cm2": 25}, "lumen-1"),
        ("guide_visitor", {"from": "main_entrance", "to": "pharmacy"}, "guide-1"),
        ("guide_visitor", {"from": "main_entrance", "to": "pharmacy"}, "carrier-1"),
    ],
)
def test_every_family_can_be_asked_for(town: Town, template: str, params: dict[str, Any], robot: str) -> None:
    got = town.post("/missions", {"template": template, "params": params, "robot": robot})
    assert got.status_code == 201, got.text
    assert got.json()["robot"] == robot


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"template": "delivr"}, "template", ["delivr", "deliver"]),
        ({"params": {**DELIVERY["params"], "to": "ward_210"}}, "params.to", ["ward_210"]),
        ({"params": {"from": "pharmacy", "pin": "4711"}}, "params.to", ["to"]),
        ({"params": {**DELIVERY["params"], "colour": "red"}}, "params.colour", ["colour"]),
        ({"params": {**DELIVERY["params"], "pin": "47"}}, "params.pin", ["pin"]),
        ({"params": {**DELIVERY["params"], "to": 7}}, "params.to", ["7"]),
        ({"params": {**DELIVERY["params"], "to": None}}, "params.to", ["None"]),
        ({"priority": 7}, "priority", ["7", "3"]),
        ({"priority": "high"}, "priority", ["'high'", "whole number"]),
        ({"urgent": True}, "urgent", ["urgent"]),
    ],
)
def test_a_mistake_in_the_request_is_422_with_field_value_and_fix(
    town: Town, change: dict[str, Any], field: str, words: list[str]
) -> None:
    got = town.post("/missions", {**DELIVERY, **change})
    assert got.status_code == 422, got.text
    body = got.json()
    assert body["field"] == field
    assert body["hint"]
    for word in words:
        assert word in body["message"] + body["hint"]
    assert town.get("/missions").json() == [], "nothing was entered"


def test_a_negative_dose_is_422(town: Town) -> None:
    body = {"template": "disinfect_room_uv", "params": {"room": "ward_202", "dose_mj_cm2": -5}}
    got = town.post("/missions", body)
    assert got.status_code == 422
    assert got.json()["field"] == "params.dose_mj_cm2"
    assert "-5" in got.json()["message"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"template": ', "JSON"),
        (b"[1, 2]", "object"),
        (b"", "object"),
        (b"\xff\xfe", ""),
    ],
)
def test_a_body_that_is_no_object_is_422_and_says_so(town: Town, content: bytes, words: str) -> None:
    headers = {"Content-Type": "application/json"}
    got = town.call("POST", "/api/v1/missions", content=content, headers=headers)
    assert got.status_code in (400, 422)
    body = got.json()
    assert body["code"]
    assert words in body["message"] + body["hint"]


def test_an_unknown_robot_is_refused_with_its_veto(town: Town) -> None:
    got = town.post("/missions", {**DELIVERY, "robot": "carrier-9"})
    assert got.status_code == 409, got.text
    body = got.json()
    assert body["code"] == "ROBOT_UNKNOWN"
    assert "carrier-9" in body["message"]
    assert body["hint"]


def test_a_robot_without_the_skill_is_refused_with_its_veto(town: Town) -> None:
    got = town.post("/missions", {**DELIVERY, "robot": "sentry-1"})
    assert got.status_code == 409, got.text
    assert got.json()["vetoes"] == {"sentry-1": "ROBOT_NOT_CAPABLE"}


def test_the_same_key_is_one_mission(town: Town) -> None:
    first = town.post("/missions", DELIVERY, Idempotency_Key="order-7")
    again = town.post("/missions", DELIVERY, Idempotency_Key="order-7")
    in_body = town.post("/missions", {**DELIVERY, "idempotency_key": "order-7"})
    assert (first.status_code, again.status_code, in_body.status_code) == (201, 200, 200)
    assert first.json()["id"] == again.json()["id"] == in_body.json()["id"]
    assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
    assert len(town.get("/missions").json()) == 1


def test_a_key_used_for_something_else_is_409_and_not_the_old_mission(town: Town) -> None:
    town.post("/missions", DELIVERY, Idempotency_Key="order-7")
    other = {**DELIVERY, "params": {**DELIVERY["params"], "to": "ward_202"}}
    got = town.post("/missions", other, Idempotency_Key="order-7")
    assert got.status_code == 409
    assert got.json()["code"] == "KEY_REUSED"
    assert "order-7" in got.json()["message"]


def test_two_different_keys_in_one_request_are_422(town: Town) -> None:
    got = town.post("/missions", {**DELIVERY, "idempotency_key": "a"}, Idempotency_Key="b")
    assert (got.status_code, got.json()["field"]) == (422, "idempotency_key")


def test_without_a_key_two_requests_are_two_missions(town: Town) -> None:
    assert town.post("/missions", DELIVERY).json()["id"] != town.post("/missions", DELIVERY).json()["id"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (QueueFull("20000 events wait for the journal"), "QUEUE_FULL"),
        (JournalError("The disk is full."), "JOURNAL"),
        (LocalError("The orchestrator is stopping."), "STOPPING"),
    ],
)
def test_a_full_queue_or_disk_is_503_and_can_be_repeated(town: Town, error: Exception, code: str) -> None:
    town.refuse_with = error
    got = town.post("/missions", DELIVERY, Idempotency_Key="k")
    assert (got.status_code, got.json()["code"]) == (503, code)
    assert got.headers["retry-after"]
    assert str(error)[:10] in got.json()["message"]
    town.refuse_with = None
    assert town.post("/missions", DELIVERY, Idempotency_Key="k").status_code == 201


def test_an_unexpected_error_is_500_without_a_trace(town: Town) -> None:
    town.refuse_with = ZeroDivisionError("secret detail")
    got = town.post("/missions", DELIVERY)
    assert (got.status_code, got.json()["code"]) == (500, "INTERNAL")
    assert "secret" not in got.text


def test_pins_are_never_shown(town: Town) -> None:
    mission = town.post("/missions", DELIVERY).json()["id"]
    town.say(ev.MissionConfirmed(mission_id=mission, what="pin", value="4711"))
    for path in ("/missions", f"/missions/{mission}", f"/missions/{mission}/why", "/journal"):
        got = town.get(path)
        assert got.status_code == 200
        assert "4711" not in got.text, path
    assert town.get(f"/missions/{mission}").json()["params"]["pin"] == "****"
    assert "****" in town.get("/journal").text


def test_a_mission_shows_its_steps_and_history(town: Town) -> None:
    mission = town.post("/missions", DELIVERY).json()["id"]
    shown = town.get(f"/missions/{mission}").json()
    assert [task["action"] for task in shown["tasks"]] == ["load", "unload"]
    assert [task["seq"] for task in shown["tasks"]] == [0, 1]
    assert shown["history"][0]["what"] == "accepted"
    assert shown["title"]["en"]
    assert shown["title"]["zh-CN"]
    assert shown["progress_fraction"] == 0.0


def test_missions_are_listed_newest_first_and_filtered(town: Town) -> None:
    for _ in range(2):
        town.post("/missions", DELIVERY)
    town.post("/missions", {"template": "patrol_tour", "params": {"checkpoints": ["main_entrance"]}})
    town.post("/missions/mission-000001/cancel", {"because": "test"})
    assert [m["id"] for m in town.get("/missions").json()] == [
        "mission-000003",
        "mission-000002",
        "mission-000001",
    ]
    assert [m["id"] for m in town.get("/missions", state="cancelled").json()] == ["mission-000001"]
    assert [m["id"] for m in town.get("/missions", family="patrol").json()] == ["mission-000003"]
    assert len(town.get("/missions", limit=1).json()) == 1
    assert len(town.get("/missions", state=["cancelled", "assigned", "running"]).json()) == 3


@pytest.mark.parametrize(
    ("params", "field"),
    [({"state": "done"}, "state"), ({"limit": 0}, "limit"), ({"family": "cleaning"}, "family")],
)
def test_a_wrong_filter_is_422_and_names_the_choices(town: Town, params: dict[str, Any], field: str) -> None:
    got = town.get("/missions", **params)
    assert (got.status_code, got.json()["field"]) == (422, field)


def test_an_unknown_mission_is_404_and_offers_the_nearest(town: Town) -> None:
    town.post("/missions", DELIVERY)
    for got in (
        town.get("/missions/mission-00001"),
        town.get("/missions/mission-00001/why"),
        town.post("/missions/mission-00001/cancel"),
        town.post("/missions/mission-00001/confirm", {"what": "pin", "value": "1"}),
    ):
        assert (got.status_code, got.json()["code"]) == (404, "MISSION_UNKNOWN")
        assert "mission-000001" in got.json()["hint"]


def test_a_mission_is_paused_resumed_and_cancelled(town: Town) -> None:
    mission = town.post("/missions", DELIVERY).json()["id"]
    assert town.post(f"/missions/{mission}/pause", {"because": "lunch"}).json()["ok"]
    assert town.get(f"/missions/{mission}").json()["state"] == "paused"
    assert town.post(f"/missions/{mission}/resume").json()["ok"]
    cancelled = town.post(f"/missions/{mission}/cancel", {"because": "wrong ward", "by": "Li"})
    assert cancelled.json()["ok"]
    assert "wrong ward" in town.get(f"/missions/{mission}").json()["because"]
    again = town.post(f"/missions/{mission}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "MISSION_ENDED")


def test_a_command_without_a_body_is_fine(town: Town) -> None:
    mission = town.post("/missions", DELIVERY).json()["id"]
    assert town.call("POST", f"/api/v1/missions/{mission}/pause").status_code == 200


def test_an_unknown_command_is_422_and_names_the_known_ones(town: Town) -> None:
    mission = town.post("/missions", DELIVERY).json()["id"]
    got = town.post(f"/missions/{mission}/explode")
    assert got.status_code == 422
    assert "cancel" in got.json()["message"]


def test_a_pin_that_nobody_waits_for_is_refused_and_reaches_no_robot(town: Town) -> None:
    mission = town.post("/missions", DELIVERY).json()["id"]
    got = town.post(f"/missions/{mission}/confirm", {"what": "pin", "value": "4711", "by": "Li"})
    assert (got.status_code, got.json()["code"]) == (409, "WRONG_STATE")
    assert got.json()["message"].startswith(mission)
    sent = [c for entry in town.journal for c in entry.commands if isinstance(c, SendInstant)]
    assert sent == []


def drive_to_its_action(town: Town) -> None:
    """An obedient robot in an obliging building, until its action runs."""
    done = 0
    while True:
        entry, done = town.journal[done], done + 1
        for command in entry.commands:
            if isinstance(command, cm.RequestDoor):
                town.say(ev.DoorReported(door=command.door, state=command.want))
            if isinstance(command, cm.SendOrder):
                name, order = command.robot_id, command.order_id
                update = command.order_update_id
                town.say(ev.OrderAccepted(robot_id=name, order_id=order, order_update_id=update))
                for cell in command.base:
                    town.say(ev.NodePassed(robot_id=name, order_id=order, seq=cell.seq))
                if command.last and command.action is not None:
                    action = command.action.action_id
                    town.say(
                        ev.ActionReported(robot_id=name, order_id=order, action_id=action, status="running")
                    )
                    return


def test_a_pin_goes_to_the_robot_that_waits_for_it(town: Town) -> None:
    near = {"from": "triage_desk", "to": "pharmacy", "pin": "4711"}
    mission = town.post("/missions", {"template": "deliver", "params": near}).json()["id"]
    drive_to_its_action(town)
    got = town.post(f"/missions/{mission}/confirm", {"what": "pin", "value": "4711", "by": "Li"})
    assert got.status_code == 200, got.text
    (sent,) = [c for entry in town.journal for c in entry.commands if isinstance(c, SendInstant)]
    assert sent.robot_id == "carrier-1"
    assert sent.params["value"] == "4711"
    assert "4711" not in town.get("/journal", limit=1000).text


def test_why_names_what_it_waits_for(town: Town) -> None:
    town.post("/robots/carrier-1/pause", {"because": "wet floor"})
    mission = town.post("/missions", DELIVERY).json()["id"]
    reasons = " ".join(town.get(f"/missions/{mission}/why").json()["reasons"])
    assert mission in reasons
    assert "carrier-1" in reasons


def test_evidence_pictures_are_listed_and_served(town: Town) -> None:
    mission = town.post("/missions", DELIVERY).json()["id"]
    folder = town.frames_dir / mission
    folder.mkdir(parents=True)
    (folder / "0-000001.jpg").write_bytes(b"\xff\xd8jpeg")
    (folder / "notes.txt").write_text("private")
    images = town.get(f"/missions/{mission}").json()["images"]
    assert images == [f"/api/v1/missions/{mission}/images/0-000001.jpg"]
    got = town.call("GET", images[0])
    assert (got.content, got.headers["content-type"]) == (b"\xff\xd8jpeg", "image/jpeg")
    for name in ("notes.txt", "none.jpg", "..%2f..%2fsecret.jpg"):
        assert town.get(f"/missions/{mission}/images/{name}").status_code == 404
