"""Where simulated robots start: where they stand in nobody's way before they have been told anything."""

from maps.elements import Node, NodeKind
from maps.graph import SiteGraph
from missions.planning.cells import CellGraph
from robots.protocol import Factsheet

ORDER = (NodeKind.CHARGER, NodeKind.PARKING, NodeKind.HOLD_POINT)
"""Before every other place where a robot may rest."""


class Starts:
    """Of one site."""

    def __init__(self, graph: SiteGraph) -> None:
        self._graph = graph
        self._cells = CellGraph.build(graph)

    def candidates(self, facts: Factsheet) -> list[Node]:
        """Rests of this robot's fleet graphs, chargers first, of each kind one a level in turn.

        On a site where the planner finds no rest, the chargers and parking spots: better in the way than not
        there.
        """
        tokens = self._cells.graphs_of(facts.graphs, facts.model)
        rests = dict.fromkeys(self._cells.rests(tokens))
        nodes = self._graph.nodes.values()
        found = [node for node in nodes if node.node_id in rests]
        if not found:
            found = [node for node in nodes if node.kind in ORDER and self._cells.moves(node.node_id, tokens)]
        kinds = dict.fromkeys((*ORDER, *(node.kind for node in found)))
        return [node for kind in kinds for node in _levels_in_turn([n for n in found if n.kind is kind])]


def _levels_in_turn(nodes: list[Node]) -> list[Node]:
    """The first of each level, then the second of each, and so on."""
    by_level: dict[str, list[Node]] = {}
    for node in nodes:
        by_level.setdefault(node.level, []).append(node)
    longest = max((len(some) for some in by_level.values()), default=0)
    return [some[rank] for rank in range(longest) for some in by_level.values() if rank < len(some)]
