"""The picture of a dose: every piece has its place, and every title is legible."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.coverage.lamp import Lamp
from maps.coverage.picture import MARGIN_PX, TITLE, WIDTH_PX, draw, frame_of, panels, plates, text_px
from maps.coverage.space import Obstacle, space
from maps.coverage.surfaces import Surface
from maps.coverage.uv import UvPlan, UvSettings, doses, plan_uv
from maps.elements import Point, Room, RoomKind

COARSE = UvSettings(sample_m=1.0, pose_m=2.0)


def _room(polygon: tuple[Point, ...]) -> Room:
    return Room(room_id="r", level="L1", names={"en": "R"}, polygon=polygon, kind=RoomKind.WARD, height_m=2.6)


sizes = st.tuples(st.floats(0.01, 200.0), st.floats(0.05, 4.0))


@given(st.lists(sizes, max_size=40), st.floats(3.0, 42.0))
@settings(deadline=None)
def test_titles_and_pieces_lie_in_the_picture_and_none_over_another(
    lengths: list[tuple[float, float]], px_per_m: float
) -> None:
    upright = [
        Surface(name=f"obstacle {number} side 1", count=4, rows=2, length_m=length_m, height_m=height_m)
        for number, (length_m, height_m) in enumerate(lengths, 1)
    ]
    found, end = panels(upright, 100, px_per_m)
    assert [panel.surface for panel in found] == upright
    boxes = []
    for panel in found:
        right = panel.left_px + max(panel.width_px, text_px(panel.surface.name, TITLE))
        boxes.append((panel.left_px, panel.top_px - 20, right, panel.bottom_px))
        assert panel.left_px >= MARGIN_PX
        assert right <= WIDTH_PX - MARGIN_PX
        assert 100 <= panel.top_px - 20 < panel.bottom_px < end
    assert not any(
        a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
        for number, a in enumerate(boxes)
        for b in boxes[:number]
    )


def _plan(polygon: tuple[Point, ...]) -> tuple[np.ndarray, UvPlan]:
    here = space(_room(polygon), radius_m=0.35)
    plan = plan_uv(here, Lamp(power_w=100.0), 100.0, COARSE)
    return draw(here, plan, "r: R"), plan


def test_a_slanted_wall_that_is_longer_than_its_room_is_wide_is_drawn() -> None:
    image, _ = _plan(((0.0, 0.0), (30.0, 0.0), (0.0, 20.0)))
    assert image.shape[1] == WIDTH_PX


def test_obstacles_are_numbered_on_the_floor_and_those_that_stand_together_share_a_plate() -> None:
    square = ((0.0, 0.0), (6.0, 0.0), (6.0, 5.0), (0.0, 5.0))
    screens = [Obstacle(polygon=((x, 2.0), (x, 3.0))) for x in (3.0, 3.1, 5.0)]
    here = space(_room(square), screens, radius_m=0.35)
    frame, _ = frame_of(here)
    (first, words), (second, other) = plates(here, frame)
    assert (words, other) == ("o1 o2", "o3")
    assert first == frame.px((3.0, 2.5))
    assert second == frame.px((5.0, 2.5))


def test_people_read_doses_in_one_unit() -> None:
    _, plan = _plan(((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)))
    assert "mJ/cm2" in doses(plan)
    assert f"minimum {plan.minimum_j_m2 / 10.0:.1f}," in doses(plan)
    assert doses(plan).endswith("% of the area has 10")
