"""What zones and lanes for some models mean for missions."""

from dataclasses import replace
from pathlib import Path

import pytest

from fleet import translate
from fleet.core import commands as cm
from maps.elements import NodeKind, Zone, ZoneKind
from maps.site_file import save
from tests.fleet.core.conversation import Conversation
from tests.maps.planning_view.sites import box, site, zone

SPOTS = {
    "bay_a": (-3.0, 0.0),
    "bay_b": (0.0, -3.0),
    "west": (0.0, 0.0),
    "east": (10.0, 0.0),
    "bay_c": (13.0, 0.0),
    "north": (5.0, 5.0),
    "desk": (10.0, -4.0),
}
LANES = "bay_a-west bay_b-west west-north north-east east-bay_c east-desk west-east@service"


def talk(folder: Path, *zones: Zone) -> Conversation:
    """Three bays; from west to east a straight lane for service robots, and a detour over north for all."""
    drawn = site(SPOTS, LANES, zones=zones)
    nodes = tuple(
        replace(
            node,
            kind=NodeKind.PARKING if node.node_id.startswith("bay") else NodeKind.CHECKPOINT,
            names={"en": node.node_id},
        )
        for node in drawn.nodes
    )
    path = folder / "rules.yaml"
    save(replace(drawn, nodes=nodes), path)
    return Conversation(str(path))


def cells_driven(conversation: Conversation, robot_id: str) -> list[str]:
    orders = [c for c in conversation.said if isinstance(c, cm.SendOrder) and c.robot_id == robot_id]
    return [cell.cell for order in orders for cell in order.base]


@pytest.mark.parametrize(("family", "straight"), [("service", True), ("patrol", False)])
def test_only_robots_of_the_model_take_its_lane(tmp_path: Path, family: str, straight: bool) -> None:
    conversation = talk(tmp_path)
    conversation.join("robot-1", "bay_a", family)
    conversation.ask("go_to", to="desk")
    conversation.until(conversation.ended)
    driven = cells_driven(conversation, "robot-1")
    assert ("north" not in driven) is straight
    assert any("@service#" in cell for cell in driven) is straight


def test_nobody_is_sent_into_a_no_go_zone(tmp_path: Path) -> None:
    conversation = talk(tmp_path, zone(ZoneKind.NO_GO, *box(9, -5, 2, 3)))
    conversation.join("robot-1", "bay_a")
    out = conversation.ask("go_to", to="desk")
    (answer,) = [command for command in out if isinstance(command, cm.RejectMission)]
    assert answer.veto is cm.VetoCode.NO_ROUTE


def test_a_robot_that_starts_in_a_no_go_zone_drives_out(tmp_path: Path) -> None:
    conversation = talk(tmp_path, zone(ZoneKind.NO_GO, *box(9, -5, 2, 3)))
    conversation.join("robot-1", "desk")
    conversation.ask("go_to", to="north")
    conversation.until(conversation.ended)
    assert "east" in cells_driven(conversation, "robot-1")
    assert conversation.mission().state.value == "completed"


def test_an_order_through_a_slow_zone_says_so_to_the_robot(tmp_path: Path) -> None:
    conversation = talk(tmp_path, zone(ZoneKind.SLOW, *box(5, -1, 1, 2), speed_mps_max=0.4))
    conversation.join("robot-1", "bay_a")
    conversation.ask("go_to", to="desk")
    conversation.until(conversation.ended)
    orders = [c for c in conversation.said if isinstance(c, cm.SendOrder)]
    limits = [
        node.speed_mps_max for order in orders for node in translate.order(order, conversation.cells).base
    ]
    assert 0.4 in limits
