"""What the signs of the sheet mean, in English and Chinese, in the order of the legend."""

from collections.abc import Iterator, Sequence

from maps.drawing.shapes import Area, Image, Label, Line, Scene, Shape, Sign

WORDS = (
    ("node charger", "charger", "充电位"),
    ("node parking", "parking", "停车位"),
    ("node hold_point", "hold point", "避让点"),
    ("node checkpoint", "checkpoint", "检查点"),
    ("node room_entrance", "room entrance", "房间入口"),
    ("node waypoint named", "named place", "地点"),
    ("node waypoint", "waypoint", "路径点"),
    ("node door", "point in a doorway", "门内点"),
    ("node lift_cabin", "lift cabin", "轿厢"),
    ("ring clean", "clean side", "洁净侧"),
    ("ring dirty", "dirty side", "污染侧"),
    ("lane", "two-way lane", "双向通道"),
    ("lane one_way", "one-way lane", "单向通道"),
    ("wall", "wall", "墙"),
    ("door driven", "door", "门"),
    ("door idle", "door on no lane", "无通道的门"),
    ("door doorway", "doorway, always open", "常开门洞"),
    ("door shaft", "lift door", "电梯门"),
    ("lift", "lift", "电梯"),
    ("zone no_go", "no entry", "禁行区"),
    ("zone slow", "slow", "慢行区"),
    ("zone quiet", "quiet", "安静区"),
    ("zone one_way", "one way", "单向区"),
    ("zone uv_hazard", "UV-C hazard", "紫外危险区"),
    ("zone outdoors", "outdoors", "室外"),
    ("zone private", "private, not recorded", "隐私区，不记录"),
    ("zone fire_compartment", "fire compartment", "防火分区"),
    ("room raised", "raised risk", "较高风险"),
    ("room high", "high risk", "高风险"),
    ("finding error", "error", "错误"),
    ("finding warning", "warning", "警告"),
    ("finding info", "remark", "提示"),
)


def entries(scene: Scene) -> list[tuple[str, str]]:
    """The look and its words, for all that occurs in the drawing."""
    found = dict.fromkeys(look for layer in scene.layers for look in _looks(layer.shapes))
    chinese = is_chinese(scene)
    return [
        (look, f"{english}  {han}" if chinese else english) for look, english, han in WORDS if look in found
    ]


def is_chinese(scene: Scene) -> bool:
    """Whether the site has Chinese names, so that its readers want Chinese words."""
    return any(language.startswith("zh") for language in scene.site_names)


def _looks(shapes: Sequence[Shape]) -> Iterator[str]:
    for shape in shapes:
        if isinstance(shape, Label | Image):
            continue
        words = shape.look.split()
        yield from (f"ring {side}" for side in ("clean", "dirty") if side in words)
        if words[:2] == ["node", "waypoint"]:
            yield "node waypoint named" if "named" in words else "node waypoint"
        elif words[0] == "room":
            yield f"room {words[-1]}"
        else:
            yield " ".join(words[:2])


def sample(look: str) -> Sign | Line | Area:
    """A shape of this look, for the legend; its place does not matter."""
    if look.split()[0] in ("node", "finding"):
        return Sign(look=look, at=(0.0, 0.0))
    corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    if look.split()[0] in ("zone", "room", "lift"):
        return Area(look=look, corners=corners)
    return Line(look=look, points=corners[:2])
