"""Names that people can tell apart, for files that use one name several times."""

import re
from collections.abc import Callable, Iterable, Mapping

_DOOR_WORD = re.compile(r"(^|[\W_]+)((outer|inner|front|back|entrance|exit)|door[\W_]*\d*)$", re.IGNORECASE)


def distinct_names(
    labels: Mapping[str, str],
    levels: Mapping[str, str],
    graphs: Mapping[str, tuple[str, ...]],
    notes: list[str],
) -> dict[str, str]:
    """Each node's label, with level, fleet graph or id added where nodes share one in any letter case.

    What is added is said in the notes.
    """
    holders: dict[str, list[str]] = {}
    for node_id, label in labels.items():
        holders.setdefault(label.casefold(), []).append(node_id)
    found = {}
    for node_ids in holders.values():
        add = _addition(node_ids, levels, graphs) if len(node_ids) > 1 else None
        for node_id in node_ids:
            found[node_id] = f"{labels[node_id]} ({add(node_id)})" if add else labels[node_id]
            if add:
                name = labels[node_id]
                notes.append(f"Name '{name}' is used several times: {node_id} is called '{found[node_id]}'.")
    return found


def _addition(
    node_ids: list[str], levels: Mapping[str, str], graphs: Mapping[str, tuple[str, ...]]
) -> Callable[[str], str]:
    """What tells these nodes apart: the level if that is enough, else the fleet graph, else the id."""

    def by_graph(node_id: str) -> str:
        return f"graph {' and '.join(graphs[node_id])}"

    for add in (levels.__getitem__, by_graph):
        if len({add(node_id) for node_id in node_ids}) == len(node_ids):
            return add
    return str


def slug(text: str, usual: str) -> str:
    """An id made of the words, `usual` when nothing is left of them."""
    return re.sub(r"\W+", "_", text).strip("_").lower() or usual


def room_behind(doors: Iterable[str], level: str) -> str:
    """What doors called "ward_3_outer" and "ward_3_inner" lead to: "ward_3"; "" when they name no room."""
    stems = list(dict.fromkeys(_without_door_words(name) for name in doors))
    if len(stems) != 1 or not re.search("[^\\W\\d_]{2}", stems[0].removeprefix(level)):
        return ""
    return stems[0]


def _without_door_words(name: str) -> str:
    while (found := _DOOR_WORD.search(name)) is not None:
        name = name[: found.start()]
    return name
