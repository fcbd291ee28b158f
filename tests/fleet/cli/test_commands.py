"""The commands that talk to an orchestrator, against a real one behind a real port."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fleet.cli.client import Api
from fleet.cli.entry import run
from fleet.core import events as ev
from fleet.errors import JournalError, UserError
from tests.fleet.api.serving import serving
from tests.fleet.api.town import Town

Shown = Callable[..., str]
DELIVERY = ("mission", "submit", "deliver", "from=pharmacy", "to=ward_201", "pin=4711")


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    built = Town(tmp_path)
    built.robot("carrier-1", "service", "charger_l1_a")
    built.robot("sentry-1", "patrol", "charger_l1_b")
    with serving(built) as port:
        monkeypatch.setenv("FLEET_SERVER", f"http://127.0.0.1:{port}")
        yield built


@pytest.fixture
def shown(town: Town, capsys: pytest.CaptureFixture[str]) -> Shown:
    """Runs a command that must succeed; what it printed."""

    def command(*arguments: str) -> str:
        code = run(list(arguments))
        printed = capsys.readouterr()
        assert (code, printed.err) == (0, ""), printed.err
        return printed.out

    return command


def as_json(shown: Shown, *arguments: str) -> Any:
    return json.loads(shown(*arguments, "--json"))


def test_a_mission_is_asked_for_shown_and_cancelled(shown: Shown) -> None:
    told = shown(*DELIVERY)
    assert told.startswith("mission-000001 ")
    assert "carrier-1" in told
    listed = as_json(shown, "mission", "list")
    assert set(listed[0]) >= {
        "id",
        "template",
        "family",
        "state",
        "robot",
        "because",
        "created_s",
        "ended_s",
    }
    assert "mission-000001" in shown("mission", "list")
    details = shown("mission", "show", "mission-000001")
    assert "Hand over at Ward 201" in details
    assert "4711" not in details
    assert "mission-000001 is" in shown("mission", "why", "mission-000001")
    assert shown("mission", "pause", "mission-000001", "--because", "lunch").startswith("Done")
    assert shown("mission", "resume", "mission-000001").startswith("Done")
    assert "wrong ward" in shown("mission", "cancel", "mission-000001", "--because", "wrong ward")
    assert as_json(shown, "mission", "list", "--state", "cancelled", "--state", "failed")[0]["id"] == (
        "mission-000001"
    )


def test_a_submitted_mission_can_be_waited_for(shown: Shown, town: Town) -> None:
    threading.Timer(1.0, lambda: town.post("/missions/mission-000001/cancel", {"because": "test"})).start()
    assert run([*DELIVERY, "--wait"]) == 1, "it did not complete"


def test_types_of_parameters_come_from_the_template(shown: Shown) -> None:
    answer = as_json(
        shown, "mission", "submit", "patrol_tour", "checkpoints=main_entrance, checkpoint_l1_east"
    )
    assert as_json(shown, "mission", "show", answer["id"])["params"]["checkpoints"] == [
        "main_entrance",
        "checkpoint_l1_east",
    ]


def test_the_same_key_is_the_same_mission(shown: Shown) -> None:
    first, again = (as_json(shown, *DELIVERY, "--key", "k1") for _ in range(2))
    assert first["id"] == again["id"]
    assert again["repeated"]


def test_templates_are_explained(shown: Shown) -> None:
    text = shown("mission", "templates")
    assert "deliver: Delivery (service)" in text
    assert "pin=PIN" in text
    assert "disinfect_room_uv" in text
    assert "not now" in text
    assert len(as_json(shown, "mission", "templates")) >= 4


def test_robots_are_listed_shown_and_commanded(shown: Shown) -> None:
    assert [robot["id"] for robot in as_json(shown, "robots", "list")] == ["carrier-1", "sentry-1"]
    assert "carrier-1" in shown("robots", "list")
    assert "battery" in shown("robots", "show", "carrier-1")
    assert "carrier-1" in shown("robots", "why", "carrier-1")
    assert "Waiting for carrier-1" in shown("robots", "stop", "carrier-1", "--because", "smoke")
    assert shown("robots", "out-of-service", "sentry-1").startswith("Done")
    assert "out of service" in shown("robots", "list")


def test_all_robots_are_stopped_and_go_on(shown: Shown, town: Town) -> None:
    told = shown("stop-all", "--because", "person on the floor")
    assert "carrier-1, sentry-1" in told
    assert "STOPPED" in shown("status")
    assert shown("resume-all").startswith("Done")
    assert shown("dock-all").startswith("Done")


def test_what_is_closed_is_listed_and_opened_by_the_words_that_closed_it(shown: Shown, town: Town) -> None:
    name = town.graph.rooms["ward_201"].names["zh-CN"]
    lane = max(town.graph.edges)
    assert "ward_201 is closed by Li" in shown(
        "map", "close", name, "--kind", "room", "--because", "wet", "--for", "1h30min", "--by", "Li"
    )
    shown("map", "close", lane, "--kind", "lane", "--because", "trolleys")
    shown("map", "close", lane, "--kind", "lane", "--one-way", "--because", "queue")
    listed = as_json(shown, "map", "closures")
    assert [c["because"] for c in listed] == ["wet", "trolleys", "queue"]
    assert "(one way)" in shown("map", "closures")
    assert "room ward_201 is open again" in shown("map", "open", name)
    opened = shown("map", "open", lane, "--kind", "lane", "--because", "done")
    assert opened.count("is open again: done") == 2, "both ways, and this way"
    assert shown("map", "closures") == "Nothing is closed.\n"


def test_opening_what_is_not_closed_says_what_is(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    town.post("/closures", {"kind": "room", "id": "ward_202", "because": "wet"})
    assert run(["map", "open", "ward_201"]) == 2
    assert "ward_201 is not closed. Closed is ward_202." in capsys.readouterr().err


def test_alerts_are_listed_and_handled(shown: Shown, town: Town) -> None:
    assert shown("alerts", "list") == "No open alerts.\n"
    town.say(ev.RobotFellSilent(robot_id="carrier-1", silent_s=30.0))
    (alert,) = as_json(shown, "alerts", "list")
    assert "carrier-1" in shown("alerts", "list")
    assert shown("alerts", "handle", alert["id"], "--note", "battery").startswith("Done")
    assert shown("alerts", "list") == "No open alerts.\n"
    assert "carrier-1" in shown("alerts", "list", "--all")


def test_status_and_journal(shown: Shown) -> None:
    assert "2 robots online" in shown("status")
    assert as_json(shown, "status")["site"] == "county_hospital"
    assert "RobotJoined" in shown("journal")
    assert as_json(shown, "journal", "--after", "1", "--limit", "1")["rows"][0]["seq"] == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("mission", "show", "mission-9"), ["There is no mission 'mission-9'"]),
        (("mission", "submit", "delivr", "to=x"), ["delivr", "deliver"]),
        ((*DELIVERY[:3], "from=farmacy", "to=ward_201", "pin=4711"), ["farmacy", "pharmacy"]),
        ((*DELIVERY, "--robot", "sentry-1"), ["sentry-1: ROBOT_NOT_CAPABLE"]),
        ((*DELIVERY, "--priority", "9"), ["priority", "3"]),
        (("mission", "list", "--state", "done"), ["state", "completed"]),
        (("robots", "stop", "carrier-7"), ["carrier-7", "carrier-1"]),
        (("alerts", "handle", "alert-7"), ["alert-7"]),
        (("robots", "show", "../health"), ["../health"]),
    ],
)
def test_what_the_server_refuses_is_one_sentence_and_exit_code_2(
    town: Town, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: list[str]
) -> None:
    assert run(list(arguments)) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    for word in words:
        assert word in told


def test_a_full_disk_is_exit_code_1(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    town.refuse_with = JournalError("The disk is full.")
    assert run(list(DELIVERY)) == 1
    assert "The disk is full" in capsys.readouterr().err


def test_another_program_on_the_port_is_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        page = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>"

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(page)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(UserError, match="not as an orchestrator does"):
            Api(f"http://127.0.0.1:{listener.getsockname()[1]}").get("/health")
        thread.join()


def test_a_proxy_from_the_environment_is_not_asked(
    town: Town, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert "robots online" in shown("status")
