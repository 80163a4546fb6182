"""The order of service: floors, then the walk, tier by tier; shares, fill and lose have their own rule."""

from __future__ import annotations

from backorder.engine.allocation.policy import FAIR_SHARE, FILL, WIN

from .fill import fill
from .needs import admit, admit_line, keeps_promise, owed, pin
from .serve import Note, Service, end_turn, limit_asks, look_around, start_turn, take
from .share import share_item
from .shelf import Shelf, need_units
from .world import Line, Party


def serve_all(service: Service, parties: list[Party]) -> None:
    """Serve every ranked party, tier by tier."""
    for strategy in range(WIN, FAIR_SHARE + 1):
        tier = [party for party in parties if party.lines[0].rank and party.lines[0].strategy == strategy]
        for party in tier:
            serve_floor(service, party, tier)
        if strategy == FAIR_SHARE:
            for segment in sorted({party.lines[0].segment for party in tier}):
                serve_share(service, [party for party in tier if party.lines[0].segment == segment])
        else:
            for party in tier:
                service.serve(party)
    for party in parties:
        if party.lines[0].rank and party.lines[0].strategy == FILL:
            fill(service, party)


def serve_floor(service: Service, party: Party, tier: list[Party]) -> None:
    """A turn in the floors; with `by_rank` the promises of better ranks in the tier are needs meanwhile."""
    shelf = service.shelf
    before = dict(shelf.needs)
    guarded = admit_promises(shelf, better_ranked(party.lines[0], tier))
    service.serve_floor(party)
    for line in guarded:
        forget_need(shelf, line)
    for line in guarded:
        admit_line(shelf, line, before.get(line, []), whole=False)


def better_ranked(line: Line, tier: list[Party]) -> list[Party]:
    return [party for party in tier if party.lines[0].rank < line.rank]


def admit_promises(shelf: Shelf, parties: list[Party]) -> list[Line]:
    """Admit for a while the promises that `by_rank` protects; tell whose needs changed."""
    if shelf.world.policy.keep != "by_rank":
        return []
    changed = []
    for party in parties:
        if any(keeps_promise(shelf.world, line, protected=True) for line in party.lines):
            for line in party.lines:
                forget_need(shelf, line)
            admit(shelf, party, owed(shelf, party, protected=True))
            changed += party.lines
    return changed


def forget_need(shelf: Shelf, line: Line) -> None:
    shelf.needs.pop(line, None)
    shelf.put_back(shelf.reserved.pop(line, []))


def serve_share(service: Service, parties: list[Party]) -> None:
    """Lines that can take parts take their needs and share; then the others walk."""
    shelf = service.shelf
    for line in admit_promises(shelf, parties):
        pin(shelf, line)
    sharing = [party for party in parties if can_take_parts(shelf, party)]
    for party in sharing:
        (line,) = party.lines
        if line in shelf.needs:
            start_turn(shelf, party)
            asks, _ = limit_asks(shelf, party, {line: need_units(shelf.needs[line])})
            take(shelf, party, asks)
            end_turn(shelf, party)
    lines = [line for party in sharing for line in party.lines]
    shelf.takers = frozenset(lines)
    for item in sorted({line.item for line in lines}):
        share_item(shelf, item, lines)
    for line in lines:
        note = Note(cut_by_ceiling=shelf.room(line) < shelf.open(line))
        look_around(shelf, line, note)
        service.notes[line] = note
    shelf.takers = frozenset()
    for party in parties:
        if party not in sharing:
            service.serve(party)


def can_take_parts(shelf: Shelf, party: Party) -> bool:
    return not (party.together or any(line.minimum > 1 or shelf.world.is_kit(line) for line in party.lines))
