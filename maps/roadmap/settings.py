"""RoadMapSettings: for which robot a road map is made, and how dense it is. Light: no numpy."""

from dataclasses import dataclass, fields

from maps.errors import SiteError


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadMapSettings:
    """All lengths in metres. Raises SiteError for what is huge, or not above 0 (the margin may be 0)."""

    robot_radius_m: float = 0.35
    """Of the disc in which the robot turns. No lane comes nearer than this to anything that is not free."""
    margin_m: float = 0.05
    """Kept beside the radius wherever the building allows it."""
    lane_length_m_max: float = 8.0
    """Longer lanes get a node on the way, where robots can wait and turn."""
    hall_spacing_m: float = 4.0
    """Between the lanes of open areas; wider where that would give more than HALL_NODES_MAX nodes."""
    hall_clearance_m: float = 2.0
    """What is farther than this from every obstacle is an open area."""
    room_area_m2_min: float = 4.0
    """Smaller areas are part of their neighbour, or no room."""
    door_width_m_max: float = 2.0
    """Wider openings do not part two rooms."""
    detour: float = 1.5
    """A lane is left out when the way round over other lanes is at most this many times its length."""

    def __post_init__(self) -> None:
        for entry in fields(self):
            value = getattr(self, entry.name)
            can_be_zero = entry.name == "margin_m"
            if not 0.0 <= value <= VALUE_MAX or (value == 0.0 and not can_be_zero):
                name = entry.name.removesuffix("_m").replace("_", " ")
                least = "0 or more" if can_be_zero else "a number above 0"
                hint = f"give {least}, at most {VALUE_MAX:g}"
                raise SiteError(f"the road map's {name} is {value:g}", hint=hint)

    @property
    def need_m(self) -> float:
        """Clearance that lanes keep where they can."""
        return self.robot_radius_m + self.margin_m


VALUE_MAX = 1000.0
"""Of any setting: beyond it is no robot and no building, and arithmetic in small floats fails."""

HALL_NODES_MAX = 300
"""In all open areas of one level together: a road map that people can look through."""
