"""Names find their places: none over another, none over a sign."""

from hypothesis import given, settings
from hypothesis import strategies as st

from maps.drawing.lettering import width_mm, wrapped
from maps.drawing.lines import dashes, hatching
from maps.drawing.placing import Placed, Taken, Wanted, place
from maps.drawing.shapes import Box, Label

FRAME = (0.0, 0.0, 200.0, 100.0)


def _wanted(at: tuple[float, float], name: str, priority: int = 2) -> Wanted:
    label = Label(
        look="name node",
        at=at,
        names={"en": name, "zh-CN": "名称"},
        priority=priority,
        refs=(f"node:{name}",),
    )
    return Wanted(label=label, at=at, radius_mm=1.0)


def _boxes(placed: Placed) -> list[Box]:
    """Of the capitals of each line."""
    found = []
    for text in placed.texts:
        width = width_mm(text.text, text.size_mm)
        left = text.at[0] - {"start": 0.0, "middle": width / 2, "end": width}[text.anchor]
        found.append((left, text.at[1] - 0.7 * text.size_mm, left + width, text.at[1]))
    return found


def _overlap(a: Box, b: Box) -> bool:
    slack = 1e-6
    return a[0] < b[2] - slack and b[0] < a[2] - slack and a[1] < b[3] - slack and b[1] < a[3] - slack


points = st.tuples(st.floats(5, 195), st.floats(5, 95))


@given(st.lists(points, min_size=1, max_size=60))
@settings(deadline=None, max_examples=60)
def test_no_name_lies_over_another_or_over_a_sign(at: list[tuple[float, float]]) -> None:
    taken = Taken(FRAME)
    for point in at:
        taken.add_sign(point, 1.0)
    placed = place([_wanted(point, f"Place {number}") for number, point in enumerate(at)], taken)
    boxes = _boxes(placed)
    assert not any(_overlap(a, b) for number, a in enumerate(boxes) for b in boxes[:number])
    signs = [(x - 1.0, y - 1.0, x + 1.0, y + 1.0) for x, y in at]
    assert not any(_overlap(box, sign) for box in boxes for sign in signs)


@given(st.lists(points, min_size=1, max_size=60))
@settings(deadline=None, max_examples=30)
def test_every_name_is_placed_or_listed(at: list[tuple[float, float]]) -> None:
    placed = place([_wanted(point, f"Place {number}") for number, point in enumerate(at)], Taken(FRAME))
    shown = {text.text for text in placed.texts}
    listed = {entry.split("  ", 1)[1].split(" / ")[0] for entry in placed.listed}
    assert {f"Place {number}" for number in range(len(at))} <= shown | listed


def test_second_language_is_dropped_before_the_name() -> None:
    narrow = Taken((0.0, 0.0, 60.0, 4.0))
    placed = place([_wanted((30.0, 2.0), "Hall")], narrow)
    assert [text.text for text in placed.texts] == ["Hall"]
    assert placed.listed == ()


def test_name_without_a_place_is_listed_under_the_number_that_stands_for_it() -> None:
    placed = place([_wanted((6.0, 2.0), "A very long name of a place")], Taken((0.0, 0.0, 12.0, 4.0)))
    assert [text.text for text in placed.texts] == ["1"]
    assert placed.listed == ("1  A very long name of a place / 名称",)


def test_name_of_a_room_lies_in_the_room_on_several_lines_if_need_be() -> None:
    room = ((10.0, 10.0), (30.0, 10.0), (30.0, 30.0), (10.0, 30.0))
    label = Label(
        look="name room", at=(20.0, 20.0), names={"en": "Consulting room twelve"}, priority=1, within=room
    )
    placed = place([Wanted(label=label, at=(20.0, 20.0), radius_mm=0.0, within=room)], Taken(FRAME))
    assert len(placed.texts) > 1
    assert all(left >= 10.0 and right <= 30.0 for left, _, right, _ in _boxes(placed))


def test_number_of_a_room_that_is_too_small_stands_beside_it() -> None:
    tiny = ((20.0, 20.0), (21.0, 20.0), (21.0, 21.0), (20.0, 21.0))
    label = Label(look="name room", at=(20.5, 20.5), names={"en": "Closet"}, priority=1, within=tiny)
    placed = place([Wanted(label=label, at=(20.5, 20.5), radius_mm=0.0, within=tiny)], Taken(FRAME))
    assert [text.text for text in placed.texts] == ["1"]


def test_what_matters_more_is_placed_first() -> None:
    narrow = Taken((0.0, 0.0, 30.0, 4.0))
    two = [_wanted((15.0, 2.0), "Less", 3), _wanted((15.0, 2.0), "More", 1)]
    placed = place(two, narrow)
    assert placed.texts[0].text == "More"


def test_text_breaks_after_spaces_and_underscores_and_between_chinese_characters() -> None:
    assert wrapped("left treatment_room", 2.0, 9.0) == ["left", "treatment_", "room"]
    assert wrapped("县人民医院", 2.0, 6.1) == ["县人民", "医院"]
    assert wrapped("", 2.0, 6.0) == []


@given(st.text("ab c县_", max_size=40))
@settings(deadline=None)
def test_breaking_loses_nothing_but_spaces(text: str) -> None:
    assert "".join("".join(wrapped(text, 2.0, 10.0)).split()) == "".join(text.split())


def test_hatching_stays_within_the_outline() -> None:
    bent = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (9.0, 10.0), (9.0, 1.0), (0.0, 1.0))
    lines = list(hatching(bent, 0.7854, 0.5))
    assert len(lines) > 10
    for start, end in lines:
        x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        assert (0 <= x <= 10 and 0 <= y <= 1) or (9 <= x <= 10 and 0 <= y <= 10)


def test_dashes_go_round_corners() -> None:
    assert list(dashes([(0.0, 0.0), (3.0, 0.0), (3.0, 3.0)], (2.0, 2.0))) == [
        [(0.0, 0.0), (2.0, 0.0)],
        [(3.0, 1.0), (3.0, 3.0)],
    ]
