"""What stands beside the drawing."""

from dataclasses import replace

import pytest

from maps.drawing.marks import Text
from maps.drawing.panel import panel, ruler_part_m
from maps.drawing.paper import papers, placements
from maps.drawing.scene import scene
from maps.drawing.shapes import Remark
from maps.drawing.sheet import sheet
from maps.drawing.theme import PRINT
from maps.elements import Site


def _texts(site: Site, remarks: int) -> tuple[list[Text], int]:
    many = tuple(
        Remark(number=number + 1, look="finding warning", text=f"Remark {number + 1} goes on and on " * 4)
        for number in range(remarks)
    )
    drawn = replace(scene(site, "L1"), remarks=many)
    marks, left_out = panel(drawn, placements(drawn.bounds)[0], [], PRINT)
    return [mark for mark in marks if isinstance(mark, Text)], left_out


@pytest.mark.parametrize("count", [1, 5, 9, 40, 400])
def test_nothing_is_written_outside_the_columns(two_rooms: Site, count: int) -> None:
    columns = placements(scene(two_rooms, "L1").bounds)[0].paper.columns
    for text in _texts(two_rooms, count)[0]:
        x, y = text.at
        assert any(left <= x <= right and top <= y <= bottom + 0.1 for left, top, right, bottom in columns)


def test_what_has_no_room_is_counted_and_said(two_rooms: Site) -> None:
    texts, left_out = _texts(two_rooms, 400)
    assert left_out > 0
    assert f"... and {left_out} more" in {text.text for text in texts}


def test_head_of_a_list_is_never_alone_at_the_end_of_a_column(two_rooms: Site) -> None:
    for count in range(1, 12):
        texts, _ = _texts(two_rooms, count)
        head = next(text for text in texts if text.text.startswith("Findings"))
        first = next(text for text in texts if text.text == "F1")
        assert abs(head.at[0] - first.at[0]) < 1.0


def test_papers_are_a3_and_their_parts_do_not_overlap() -> None:
    for paper in papers():
        assert {paper.width_mm, paper.height_mm} == {420.0, 297.0}
        boxes = [paper.frame, *paper.columns]
        for number, a in enumerate(boxes):
            assert 0 <= a[0] < a[2] <= paper.width_mm
            assert 0 <= a[1] < a[3] <= paper.height_mm
            assert not any(
                a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for b in boxes[:number]
            )


@pytest.mark.parametrize(
    ("bounds", "scale"),
    [((0, 0, 60, 36), 200), ((0, 0, 8, 8), 30), ((0, 0, 25, 57), 150), ((0, 0, 1, 1), 10)],
)
def test_scale_is_round_and_the_level_fits(bounds: tuple[float, float, float, float], scale: int) -> None:
    placed = placements(bounds)[0]
    assert placed.scale == scale
    left, top, right, bottom = placed.paper.frame
    for corner in ((bounds[0], bounds[1]), (bounds[2], bounds[3])):
        x, y = placed.at(corner)
        assert left <= x <= right
        assert top <= y <= bottom


def test_scale_bar_is_a_round_length_that_fits() -> None:
    assert ruler_part_m(5.0) == 2
    assert ruler_part_m(1.0) == 10
    assert ruler_part_m(0.25) == 50


def test_drawing_becomes_smaller_where_findings_have_no_room_beside_it_and_never_below_half(
    two_rooms: Site,
) -> None:
    drawn = scene(two_rooms, "L1")
    largest = placements(drawn.bounds)[0]
    for count in (0, 40, 60, 400):
        remarks = tuple(
            Remark(number=number + 1, look="finding warning", text=f"Remark {number + 1} goes on " * 8)
            for number in range(count)
        )
        found = sheet(replace(drawn, remarks=remarks), PRINT, {})
        assert largest.scale <= found.scale <= 2 * largest.scale
        beside = panel(replace(drawn, remarks=remarks), largest, [], PRINT)[1]
        assert found.left_out <= beside
        assert (found.scale == largest.scale) == (found.left_out == beside)
