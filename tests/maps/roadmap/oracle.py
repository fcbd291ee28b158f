"""The oracle for road maps: it knows the grid and the site, and nothing of how the one became the other."""

import math

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from shapely import LineString, STRtree, box

from maps.elements import Point, Site


def blocked_squares(free: NDArray[np.bool_], resolution_m: float) -> STRtree:
    """A square for each cell that is not free and touches one that is, in metres from the lower left."""
    padded = np.pad(free, 1)
    beside = np.zeros_like(padded)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            beside |= np.roll(padded, (down, right), (0, 1))
    rows, columns = np.nonzero(~padded & beside)
    left, low = (columns - 1) * resolution_m, (free.shape[0] - rows) * resolution_m
    corners = np.stack((left, low, left + resolution_m, low + resolution_m), axis=1)
    return STRtree([box(*square) for square in corners.tolist()])


def to_grid(point: Point, origin: Point, yaw_rad: float) -> Point:
    """From the site's frame to metres right and up from the grid's lower left corner."""
    x, y = point[0] - origin[0], point[1] - origin[1]
    cos, sin = math.cos(-yaw_rad), math.sin(-yaw_rad)
    return (cos * x - sin * y, sin * x + cos * y)


def faults(
    site: Site,
    free: NDArray[np.bool_],
    resolution_m: float,
    radius_m: float,
    origin: Point = (0.0, 0.0),
    yaw_rad: float = 0.0,
) -> list[str]:
    """What is wrong with the site's lanes; empty when nothing is."""
    squares = blocked_squares(free, resolution_m)
    at = {node.node_id: to_grid((node.x_m, node.y_m), origin, yaw_rad) for node in site.nodes}
    found = [
        f"{edge.edge_id} comes within {gap:.3f} m of what is not free"
        for edge in site.edges
        if (gap := _gap(LineString([at[edge.source], at[edge.target]]), squares)) < radius_m - 0.0015
    ]
    for node, point in at.items():
        if not _is_free(point, free, resolution_m):
            found.append(f"{node} stands on what is not free")
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(at)
    graph.add_edges_from((edge.source, edge.target) for edge in site.edges)
    parts = list(nx.strongly_connected_components(graph))
    if len(parts) > 1:
        found.append(f"{len(parts)} parts do not hang together")
    found += [f"{room.room_id} has no node" for room in site.rooms if not room.nodes]
    return found


def _gap(line: LineString, squares: STRtree) -> float:
    """Nodes are rounded to the millimetre, so that a lane may be some tenths nearer than it was."""
    nearest = squares.nearest(line)
    return float(line.distance(squares.geometries[nearest]))


def _is_free(point: Point, free: NDArray[np.bool_], resolution_m: float) -> bool:
    column, row = int(point[0] / resolution_m), int(free.shape[0] - point[1] / resolution_m)
    return bool(0 <= row < free.shape[0] and 0 <= column < free.shape[1] and free[row, column])
