"""`fleet map route`: the way that a robot would take, alone on the site, and how long it takes."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from fleet.cli.maps import Format, SiteFile, app, in_words, load, map_errors
from fleet.cli.output import AsJson, name_of, show_json, span
from fleet.errors import UserError

if TYPE_CHECKING:
    from maps.graph import SiteGraph

SPEED_MPS = 1.0


@app.command()
def route(
    file: SiteFile,
    start: Annotated[str, typer.Argument(metavar="FROM", help="Id or name of a place.")],
    goal: Annotated[str, typer.Argument(metavar="TO", help="Id or name of a place.")],
    file_format: Format = None,
    model: Annotated[
        str | None, typer.Option(help="The robot's model; default: one that may use every lane.")
    ] = None,
    speed_mps: Annotated[float, typer.Option(min=0.01, help="How fast the robot drives.")] = SPEED_MPS,
    json: AsJson = False,
) -> None:
    """The quickest way between two places, with zones, doors and lifts."""
    from maps.graph import SiteGraph

    with map_errors():
        graph = SiteGraph(load(file, file_format))
        found = quickest(graph, start, goal, model=model, speed_mps=speed_mps)
    if json:
        show_json(found)
        return
    typer.echo(
        f"{found['length_m']:.1f} m, about {span(found['travel_s'])} at {speed_mps:g} m/s,"
        f" {in_words(len(found['doors']), 'door')}, {in_words(len(found['lifts']), 'lift')}"
    )
    for node in found["nodes"]:
        typer.echo(f"  {node['id']}  {node['level']}  {node['name']}".rstrip())


def quickest(
    graph: "SiteGraph", start: str, goal: str, *, model: str | None, speed_mps: float
) -> dict[str, Any]:
    """Raises UserError when there is no way, UnknownPlace for a place that is not there."""
    from maps.planning_view.arrays import Footprint
    from maps.planning_view.compiler import compile_view
    from maps.planning_view.permits import robot_tokens
    from maps.planning_view.routes import Routes

    view = compile_view(graph, Footprint())
    graphs = tuple(dict.fromkeys(name for edge in graph.edges.values() for name in edge.graphs))
    tokens = view.tokens if model is None else robot_tokens(graphs, model, view.tokens)
    routes = Routes(view, speed_mps=speed_mps, tokens=tokens)
    source, target = (view.index[graph.resolve_place(text).node] for text in (start, goal))
    way = routes.route(source, target)
    if not way:
        hint = "`fleet map check` names what is cut off; zones and lanes for some models may close a way."
        raise UserError("NO_ROUTE", f"There is no way from {start} to {goal}.", hint=hint)
    moves = routes.moves_along(way)
    lifts = [graph.edges[view.edge_ids[edge]].lift for edge in view.moves.edge[moves].tolist()]
    doors = [view.door_ids[door] for door in view.moves.doors.rows(moves).tolist()]
    return {
        "length_m": round(float(view.moves.length_m[moves].sum()), 3),
        "travel_s": round(float(routes.seconds[moves].sum()), 3),
        "nodes": [_node(graph, view.cell_ids[cell]) for cell in way if cell < view.node_count],
        "doors": list(dict.fromkeys(doors)),
        "lifts": list(dict.fromkeys(lift for lift in lifts if lift)),
    }


def _node(graph: "SiteGraph", node_id: str) -> dict[str, str]:
    node = graph.nodes[node_id]
    return {"id": node_id, "level": node.level, "name": name_of(node.names)}
