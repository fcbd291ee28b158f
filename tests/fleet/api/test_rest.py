"""Robots, alerts, the site and everything else over HTTP."""

from pathlib import Path

import pytest

from fleet.core import events as ev
from tests.fleet.api.town import Town


def test_robots_are_listed_with_pose_and_skills(town: Town) -> None:
    robots = town.get("/robots").json()
    assert [robot["id"] for robot in robots] == ["carrier-1", "guide-1", "lumen-1", "sentry-1"]
    carrier = robots[0]
    assert carrier["online"]
    assert carrier["pose"]["level"] == "L1"
    assert "load" in carrier["skills"]
    assert carrier["frame"] is False


@pytest.mark.parametrize("verb", ["pause", "resume", "stop", "dock", "out-of-service", "in-service"])
def test_every_command_to_a_robot_is_answered(town: Town, verb: str) -> None:
    got = town.post(f"/robots/carrier-1/{verb}", {"because": "test", "by": "Li"})
    assert got.status_code in (200, 409), got.text
    body = got.json()
    assert body.get("because") or body.get("message")


def test_a_stop_names_the_robot_that_has_not_acknowledged(town: Town) -> None:
    got = town.post("/robots/carrier-1/stop", {"because": "smoke"}).json()
    assert got["ok"]
    assert got["pending"] == ["carrier-1"]


def test_clear_is_refused_for_a_robot_that_is_not_lost(town: Town) -> None:
    got = town.post("/robots/carrier-1/clear", {"because": "test"})
    assert (got.status_code, got.json()["code"]) == (409, "WRONG_STATE")


def test_an_unknown_robot_is_404_and_offers_the_nearest(town: Town) -> None:
    for got in (
        town.get("/robots/carrier-2"),
        town.get("/robots/carrier-2/why"),
        town.post("/robots/carrier-2/stop"),
        town.get("/frames/carrier-2/latest.jpg"),
    ):
        assert (got.status_code, got.json()["code"]) == (404, "ROBOT_UNKNOWN")
        assert "carrier-1" in got.json()["hint"]


def test_why_follows_the_chain_to_who_stands_in_the_way(town: Town) -> None:
    town.post("/robots/carrier-1/stop", {"because": "smoke"})
    town.say(
        ev.RobotReported(
            robot_id="carrier-1",
            activity="ready_idle",
            mode="stopped",
            battery_fraction=0.9,
            charging=False,
        )
    )
    found = town.get("/robots/carrier-1/why").json()
    assert "stopped" in " ".join(found["reasons"])


def test_stop_all_needs_a_reason(town: Town) -> None:
    for body in ({}, {"because": "  "}):
        got = town.post("/fleet/stop-all", body)
        assert (got.status_code, got.json()["field"]) == (422, "because")
    assert not town.get("/health").json()["stopped"]


def test_stop_all_is_told_to_every_robot_and_ends_with_resume_all(town: Town) -> None:
    got = town.post("/fleet/stop-all", {"because": "person on the floor"}).json()
    assert sorted(got["pending"]) == ["carrier-1", "guide-1", "lumen-1", "sentry-1"]
    assert town.get("/health").json()["stopped"]
    assert town.post("/fleet/resume-all", {"because": "gone"}).json()["ok"]
    assert not town.get("/health").json()["stopped"]
    assert town.post("/fleet/dock-all").status_code == 200


def test_alerts_stay_until_somebody_handles_them(town: Town) -> None:
    town.say(ev.RobotFellSilent(robot_id="carrier-1", silent_s=30.0))
    (alert,) = town.get("/alerts", handled=False).json()
    assert alert["subject"] == "carrier-1"
    assert alert["hint"]
    got = town.post(f"/alerts/{alert['id']}/handle", {"by": "Li", "note": "battery was out"})
    assert got.json()["ok"]
    assert town.get("/alerts", handled=False).json() == []
    (handled,) = town.get("/alerts", handled=True).json()
    assert (handled["handled_by"], handled["note"]) == ("Li", "battery was out")


def test_an_unknown_alert_is_404(town: Town) -> None:
    got = town.post("/alerts/alert-999999/handle")
    assert (got.status_code, got.json()["code"]) == (404, "ALERT_UNKNOWN")


def test_a_frame_is_the_latest_and_is_not_cached(town: Town) -> None:
    assert town.get("/frames/carrier-1/latest.jpg").status_code == 404
    town.views.frames["carrier-1"] = b"\xff\xd8picture"
    got = town.get("/frames/carrier-1/latest.jpg")
    assert got.content == b"\xff\xd8picture"
    assert got.headers["cache-control"] == "no-store"
    assert town.get("/robots/carrier-1").json()["frame"] is True


def test_the_site_has_levels_with_bounds_around_everything(town: Town) -> None:
    site = town.get("/site").json()
    bounds = {level["id"]: level["bounds"] for level in site["levels"]}
    assert sorted(bounds) == ["L1", "L2", "L3"]
    for node in site["nodes"]:
        x_min, y_min, x_max, y_max = bounds[node["level"]]
        assert x_min < node["x_m"] < x_max
        assert y_min < node["y_m"] < y_max
    assert len(site["edges"]) < len(town.graph.site.edges), "a two-way lane is one entry"
    assert {place["id"] for place in site["places"]} == set(town.graph.places)


def test_the_site_is_compressed(town: Town) -> None:
    got = town.call("GET", "/api/v1/site", headers={"Accept-Encoding": "gzip"})
    assert got.headers["content-encoding"] == "gzip"


def test_templates_say_what_can_be_asked_for(town: Town) -> None:
    templates = {template["id"]: template for template in town.get("/templates").json()}
    families = {template["family"] for template in templates.values()}
    assert families >= {"patrol", "disinfection", "guide", "service"}
    for template in templates.values():
        assert template["names"]["en"]
        assert template["names"]["zh-CN"]
    assert templates["deliver"]["available"]
    pin = next(param for param in templates["deliver"]["params"] if param["name"] == "pin")
    assert pin["type"] == "pin"


def test_a_template_that_nobody_can_do_says_why(tmp_path: Path) -> None:
    town = Town(tmp_path)
    assert {t["because"] for t in town.get("/templates").json() if t["id"] == "deliver"} == {
        "No robot has connected yet."
    }
    town.robot("carrier-1", "service", "charger_l1_a")
    (uv,) = [t for t in town.get("/templates").json() if t["id"] == "disinfect_room_uv"]
    assert (uv["available"], uv["because"]) == (False, "No robot that has connected can uv_expose.")


def test_machines_are_there_to_draw(town: Town) -> None:
    machines = {machine["name"]: machine for machine in town.get("/machines").json()}
    assert {"activity", "mode"} <= set(machines)
    for machine in machines.values():
        for _trigger, source, target in machine["transitions"]:
            assert source in machine["states"]
            assert target in machine["states"]


def test_a_robot_learns_where_to_connect(town: Town) -> None:
    assert town.get("/link").json() == {
        "control": "tcp://127.0.0.1:5570",
        "frames": "tcp://127.0.0.1:5571",
        "protocol_version": 1,
        "site": "county_hospital",
    }


def test_health_counts(town: Town) -> None:
    health = town.get("/health").json()
    assert health["robots_online"] == 4
    assert health["journal_seq"] == len(town.journal)


def test_the_journal_is_read_in_pages(town: Town) -> None:
    first = town.get("/journal", limit=2).json()
    assert [row["seq"] for row in first["rows"]] == [1, 2]
    assert first["rows"][0]["event"] == "OrchestratorStarted"
    rest = town.get("/journal", after=first["next_after"], limit=1000).json()
    assert rest["rows"][0]["seq"] == 3
    assert rest["next_after"] == len(town.journal)
    end = town.get("/journal", after=rest["next_after"]).json()
    assert (end["rows"], end["next_after"]) == ([], rest["next_after"])
    for row in rest["rows"]:
        for command in row["commands"]:
            assert command["because"], command["kind"]


def test_an_unknown_path_is_an_error_body(town: Town) -> None:
    got = town.get("/nothing")
    assert (got.status_code, got.json()["code"]) == (404, "PATH_UNKNOWN")
    wrong = town.call("DELETE", "/api/v1/missions")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "METHOD_NOT_ALLOWED")


def test_a_foreign_page_cannot_stop_the_fleet(town: Town) -> None:
    got = town.call(
        "POST",
        "/api/v1/fleet/stop-all",
        json={"because": "x"},
        headers={"Origin": "http://evil.example"},
    )
    assert (got.status_code, got.json()["code"]) == (403, "FOREIGN_ORIGIN")
    rebound = town.call("GET", "/api/v1/health", headers={"Host": "evil.example"})
    assert (rebound.status_code, rebound.json()["code"]) == (403, "FOREIGN_HOST")


def test_a_form_of_a_web_page_is_no_command(town: Town) -> None:
    got = town.call(
        "POST",
        "/api/v1/fleet/stop-all",
        content=b'{"because": "x"}',
        headers={"Content-Type": "text/plain"},
    )
    assert got.status_code == 422
    assert not town.get("/health").json()["stopped"]


def test_every_operation_has_summary_example_and_error_body(town: Town) -> None:
    document = town.get("/openapi.json").json()
    assert "HTTPValidationError" not in document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            assert said["summary"], path
            for status, answer in said["responses"].items():
                if status.startswith(("4", "5")):
                    schema = answer["content"]["application/json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/ErrorOut"}, (path, method, status)
    assert "Snapshot" in document["components"]["schemas"]
    assert "Changes" in document["components"]["schemas"]


def test_the_reference_page_names_every_path_and_loads_nothing(town: Town) -> None:
    page = town.get("/docs")
    for path in town.get("/openapi.json").json()["paths"]:
        assert path in page.text
    assert "<script" not in page.text
    assert "curl -s" in page.text


def test_the_stream_address_explains_itself_over_plain_http(town: Town) -> None:
    got = town.get("/stream")
    assert (got.status_code, got.json()["code"]) == (426, "WEBSOCKET_ONLY")
