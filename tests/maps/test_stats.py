from maps.elements import Site
from maps.stats import stats


def test_edges_are_directed_and_shaft_doors_belong_to_the_lift(tower: Site) -> None:
    assert stats(tower) == {
        "nodes": 11,
        "edges": 18,
        "levels": 2,
        "rooms": 0,
        "doors": 0,
        "lifts": 1,
        "graphs": [{"name": "0", "nodes": 11, "edges": 18}],
    }


def test_rooms_and_their_doors_are_counted(two_rooms: Site) -> None:
    counted = stats(two_rooms)
    assert (counted["rooms"], counted["doors"], counted["edges"]) == (2, 2, 20)
