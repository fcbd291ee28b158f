"""stats: what a site has, counted."""

from typing import Any

from maps.elements import Site


def stats(site: Site) -> dict[str, Any]:
    """Counts, ready for JSON: nodes that lie on a lane, directed edges summed over the fleet graphs, ...

    The numbers are those of the Open-RMF navigation graphs, so that they can be compared. The doors are those
    of rooms and corridors; the shaft doors belong to the lifts.
    """
    graphs = [_graph(site, name) for name in graph_names(site)]
    ends = {end for edge in site.edges for end in (edge.source, edge.target)}
    shaft = {door for lift in site.lifts for doors in lift.doors.values() for door in doors}
    return {
        "nodes": len(ends),
        "edges": sum(graph["edges"] for graph in graphs),
        "levels": len(site.levels),
        "rooms": len(site.rooms),
        "doors": sum(door.door_id not in shaft for door in site.doors),
        "lifts": len(site.lifts),
        "graphs": graphs,
    }


def graph_names(site: Site) -> list[str]:
    """The fleet graphs that any edge lists, in order."""
    return sorted({name for edge in site.edges for name in edge.graphs})


def _graph(site: Site, name: str) -> dict[str, Any]:
    edges = [edge for edge in site.edges if name in edge.graphs]
    ends = {end for edge in edges for end in (edge.source, edge.target)}
    return {"name": name, "nodes": len(ends), "edges": len(edges)}
