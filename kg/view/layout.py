"""Where the nodes stand: a force-directed layout with a fixed seed, spread over the page, with no two nodes on top of each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import networkx as nx

SEED: Final = 4
ASPECT: Final = 1.25
"""Width to height of the drawing."""
ROOM: Final = 62.0
"""Mean distance between neighbouring nodes in pixels at a zoom of one."""
GAP: Final = 9.0
"""Least free space between two nodes, in pixels at a zoom of one."""

Point = tuple[float, float]


def positions(pairs: Sequence[tuple[int, int]], sizes: Sequence[float]) -> list[tuple[int, int]]:
    """A place for every node.

    Parameters
    ----------
    pairs : sequence of (int, int)
        The edges, as indices of nodes.
    sizes : sequence of float
        The radius of each node in pixels; its length is the number of nodes.

    Returns
    -------
    list of (int, int)
        x and y in pixels, the middle of the drawing at the origin. The same input gives the same output.

    Notes
    -----
    About 1.5 s for 400 nodes, growing with the square of their number.
    """
    count = len(sizes)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from((a, b) for a, b in pairs if a != b)
    linked = sorted(node for node, degree in graph.degree() if degree)
    alone = [node for node in range(count) if node not in set(linked)]
    placed: dict[int, Point] = {}
    if linked:
        rough = nx.forceatlas2_layout(
            graph.subgraph(linked), max_iter=200, scaling_ratio=3.0, gravity=1.5, strong_gravity=False, linlog=False, seed=SEED
        )
        placed = _separate(_spread({node: (float(rough[node][0]), float(rough[node][1])) for node in linked}), sizes)
    placed.update(_rows(alone, placed, sizes))
    return [(round(placed[node][0]), round(placed[node][1])) for node in range(count)]


def _spread(rough: Mapping[int, Point]) -> dict[int, Point]:
    """The layout stretched to the page: half by distance, half by rank, so that crowded places get room and outliers come nearer."""
    count = len(rough)
    height = ROOM * math.sqrt(count / ASPECT)
    extents = (height * ASPECT, height)
    result: dict[int, list[float]] = {node: [0.0, 0.0] for node in rough}
    for axis in (0, 1):
        values = {node: round(point[axis], 6) for node, point in rough.items()}
        low, high = min(values.values()), max(values.values())
        ranked = sorted(values, key=lambda node: (values[node], node))
        for place, node in enumerate(ranked):
            by_distance = (values[node] - low) / (high - low) - 0.5 if high > low else 0.0
            by_rank = (place + 0.5) / count - 0.5
            result[node][axis] = extents[axis] * (0.45 * by_distance + 0.55 * by_rank)
    return {node: (point[0], point[1]) for node, point in result.items()}


def _separate(placed: Mapping[int, Point], sizes: Sequence[float], rounds: int = 120) -> dict[int, Point]:
    """Pushes overlapping nodes apart until none overlaps or the rounds are used up; only near ones are compared, by a grid."""
    points = {node: [x, y] for node, (x, y) in placed.items()}
    order = sorted(points)
    cell = 2 * max(sizes[node] for node in order) + GAP
    for _ in range(rounds):
        grid: dict[tuple[int, int], list[int]] = {}
        for node in order:
            grid.setdefault((int(points[node][0] // cell), int(points[node][1] // cell)), []).append(node)
        moved = False
        for node in order:
            column, row = int(points[node][0] // cell), int(points[node][1] // cell)
            near = sorted(o for dx in (-1, 0, 1) for dy in (-1, 0, 1) for o in grid.get((column + dx, row + dy), ()) if o > node)
            for other in near:
                dx, dy = points[other][0] - points[node][0], points[other][1] - points[node][1]
                distance = math.hypot(dx, dy)
                least = sizes[node] + sizes[other] + GAP
                if distance >= least:
                    continue
                moved = True
                if distance < 1e-6:
                    angle = 2.399963 * (node + other)
                    dx, dy, distance = math.cos(angle), math.sin(angle), 1.0
                push = (least - min(distance, least)) / 2 + 0.5
                share = sizes[other] / (sizes[node] + sizes[other])
                for point, sign, part in ((points[node], -1, share), (points[other], 1, 1 - share)):
                    point[0] += sign * 2 * part * push * dx / distance
                    point[1] += sign * 2 * part * push * dy / distance
        if not moved:
            break
    return {node: (point[0], point[1]) for node, point in points.items()}


def _rows(alone: Sequence[int], placed: Mapping[int, Point], sizes: Sequence[float]) -> dict[int, Point]:
    """Nodes without an edge, in rows below the drawing."""
    if not alone:
        return {}
    widest = max(sizes[node] for node in alone)
    step = 2 * widest + 4 * GAP
    columns = max(1, math.ceil(math.sqrt(len(alone) * 4)))
    if placed:
        left, right = min(x for x, _ in placed.values()), max(x for x, _ in placed.values())
        columns = max(columns, int((right - left) // step) or 1)
        top = max(y for _, y in placed.values()) + max(sizes) + step
    else:
        top = 0.0
    columns = min(columns, len(alone))
    return {node: ((place % columns - (columns - 1) / 2) * step, top + (place // columns) * step) for place, node in enumerate(alone)}
