"""What names tell."""

import pytest

from maps.importers.names import room_behind


@pytest.mark.parametrize(
    ("doors", "room"),
    [
        (["L1_ward_3_outer", "L1_ward_3_inner"], "L1_ward_3"),
        (["coe_door"], "coe"),
        (["Kitchen Door 2"], "Kitchen"),
        (["ward_3", "ward_4"], ""),
        (["L1_door4"], ""),
        (["door_1"], ""),
        (["12"], ""),
        ([], ""),
    ],
)
def test_doors_tell_the_room_when_all_of_them_name_it(doors: list[str], room: str) -> None:
    assert room_behind(doors, "L1") == room
