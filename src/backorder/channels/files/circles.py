"""Finds what contains itself: kits in their components, locations in their parents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backorder.channels.files.tables import Folder
from backorder.faults import Faults, show

LAST = 2**62
"""After every record."""
Edges = Mapping[str, Sequence[tuple[str, str]]]


def note_circles(folder: Folder, faults: Faults, known: Edges | None = None) -> None:
    """Note each circle once, at the first of its records. `known` are ties beyond the files, by table: outer, inner."""
    for table, inner, outer, word in (
        ("locations", "parent", "location", "lies inside itself"),
        ("kits", "component", "sku", "contains itself"),
    ):
        source = folder[table]
        records: dict[tuple[str, str], int] = {}
        edges: dict[str, list[str]] = {}
        rows = zip(source.frame[outer], source.frame[inner], source.frame["record"], strict=True)
        for head, tail, record in rows:
            if head and tail:
                edges.setdefault(head, []).append(tail)
                records[head, tail] = record
        for head, tail in (known or {}).get(table, ()):
            edges.setdefault(head, []).append(tail)
        for circle in find_circles(edges):
            steps = list(zip(circle, [*circle[1:], circle[0]], strict=True))
            first = min(range(len(steps)), key=lambda step: records.get(steps[step], LAST))
            path = [*circle[first:], *circle[: first + 1]]
            message = f"{show(path[0])} {word}: {' > '.join(path)}"
            faults.add(source.file, message, record=records[steps[first]], column=inner)


def find_circles(edges: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Find circles until what is left has none: each as the names along it."""
    left = {head: list(tails) for head, tails in edges.items()}
    found = []
    while drop_open_ends(left):
        path: list[str] = []
        name = next(iter(left))
        while name not in path:
            path.append(name)
            name = left[name][0]
        circle = path[path.index(name) :]
        found.append(circle)
        del left[circle[0]]
    return found


def drop_open_ends(left: dict[str, list[str]]) -> bool:
    """Drop the names that lead out of every circle; true if any name is left."""
    dropped = True
    while dropped:
        for head, tails in left.items():
            left[head] = [tail for tail in tails if tail in left]
        open_ends = [head for head, tails in left.items() if not tails]
        for head in open_ends:
            del left[head]
        dropped = bool(open_ends)
    return bool(left)
