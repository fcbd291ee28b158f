"""Who may use a lane, as words: a robot has tokens, a lane names tokens, one in common is enough.

A lane that names no models is for all robots of its fleet graphs: its tokens are the graphs. A lane for some
models only has tokens 'GRAPH@MODEL'. So a robot of fleet graph '0' and model 'carrier' carries '0' and
'0@carrier'.
"""

from collections.abc import Iterable

from maps.elements import Edge


def edge_tokens(edge: Edge) -> tuple[str, ...]:
    """The tokens of which a robot needs one to use the lane."""
    if not edge.models:
        return edge.graphs
    return tuple(_permit(graph, model) for graph in edge.graphs for model in edge.models)


def robot_tokens(graphs: Iterable[str], model: str, known: Iterable[str]) -> tuple[str, ...]:
    """The tokens of a robot: its fleet graphs, and those of its model that the site knows."""
    graphs, known = tuple(graphs), tuple(known)
    return (*graphs, *(token for graph in graphs if (token := _permit(graph, model)) in known))


def robot_kinds(tokens: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """One robot of each kind that the site tells apart: each fleet graph alone, then with each model."""
    graphs: dict[str, list[str]] = {}
    for token in sorted(tokens):
        graph, _, model = token.partition("@")
        models = graphs.setdefault(graph, [])
        if model:
            models.append(token)
    kinds = [((graph,), *((graph, permit) for permit in models)) for graph, models in graphs.items()]
    return tuple(kind for group in kinds for kind in group)


def _permit(graph: str, model: str) -> str:
    return f"{graph}@{model}"
