"""A second allocator, slow and plain, written from docs/reference/decision.md and not from the engine.

`decide` takes the same facts and policy as the engine. It sorts the lines (`rank`), gives everyone what is held
(`held`), writes down what lines are owed (`needs`), and serves tier by tier (`tiers`): each line takes units one supply
after another (`walk`, `together`), and asks before each of them whether everything that is still owed can be met by what
is left, by trying it out (`flow`).
"""

from backorder.engine.allocation.policy import Policy
from backorder.engine.allocation.snapshot import Snapshot

from .current import read_current
from .guarantees import Guarantees
from .held import hold_units
from .needs import admit_needs
from .outcome import Answer, write_answer
from .rank import sort_parties
from .serve import Service
from .shelf import Shelf
from .tiers import serve_all
from .world import World


def decide(snapshot: Snapshot, policy: Policy) -> Answer:
    """Decide who gets which unit."""
    world = World(snapshot, policy)
    parties = sort_parties(world)
    read_current(world)
    shelf = Shelf(world, Guarantees(world), {supply.row: supply.quantity for supply in world.supplies})
    hold_units(shelf, parties)
    admit_needs(shelf, parties)
    service = Service(shelf)
    serve_all(service, parties)
    return write_answer(service, [line for party in parties for line in party.lines])


__all__ = ["Answer", "decide"]
