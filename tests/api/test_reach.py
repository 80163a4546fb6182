"""Every service above can be reached by programs, or it is said here why not."""

from __future__ import annotations

import ast
import inspect
from types import ModuleType

from backorder.access import services as access
from backorder.accounts import services as accounts
from backorder.allocation import events
from backorder.allocation import services as allocation
from backorder.allocation.what_if import publishing, simulations
from backorder.care import callbacks, calls, house, telling
from backorder.care.clock import cancelling
from backorder.care.copies import text_wishes
from backorder.care.feedback import noting
from backorder.care.incentives import giving
from backorder.care.letters import writing
from backorder.care.offers import answering as offers
from backorder.care.offers import making as offering
from backorder.care.offers import outside
from backorder.care.persons import erasing, exporting
from backorder.care.post import messages
from backorder.care.refunds import letting
from backorder.care.waitlist import answering, wishes
from backorder.catalog import services as catalog
from backorder.fulfilment import services as fulfilment
from backorder.orders import clearance, customers
from backorder.outbox import switches
from backorder.payments import charging, means, transfers
from backorder.payments import services as payments
from tests.architecture import tree

ROOMS = (
    *(events, publishing, simulations, allocation, catalog, fulfilment, clearance, customers),
    *(cancelling, switches),
    *(access, accounts, house, messages, telling, writing, letting, payments, transfers, wishes),
    *(answering, noting, callbacks, calls, text_wishes, erasing, exporting),
    *(charging, means, giving, offering, offers, outside),
)
OPENED_ON_THE_SERVER = "who may ask is said on the server: a key that makes keys would be worth all of them"
KEPT_FROM_PROGRAMS = {
    "take_list": "an import does it; a program notes and removes one at a time",
    "let_batch_back": "people tick many at once; a program lets go of one at a time",
    "let_free_back": "the part of it about those that nobody else is changing, which a rule does too",
    "let_one_back": "the part of it about one that somebody else was changing",
    "expire_holds": "the worker does it when their time is over",
    "pass_day": "the worker does it after midnight",
    "place_order": "programs buy, which is the same with an answer to keep",
    **dict.fromkeys(("note_held", "begin"), "the worker does it, as a provider says"),
    **dict.fromkeys(("note_shadow", "give_by_rule"), "rules of the house do it"),
    "erase": "it cannot be undone: an admin confirms it, in the console or on the server",
    "export": "it is worth more than any key: an admin takes it, in the console or on the server",
    "end_callback": "what ends it says how: it was done, or it is wanted no more",
    "end": "the mail server says it",
    "accept": "the customer does it on a page; a program confirms the hold that the invitation names",
    **dict.fromkeys(
        ("end_sent", "end_failed"), "a provider says it, and what sends by hand is noted otherwise"
    ),
    **dict.fromkeys(
        ("add_key", "revoke_key", "add_user", "change_password", "change_role", "remove_user"),
        OPENED_ON_THE_SERVER,
    ),
}


def list_changes(room: ModuleType) -> set[str]:
    """List the functions of a room that change something: who causes it is given to them."""
    public = getattr(room, "__all__", None)
    return {
        name
        for name, one in inspect.getmembers(room, inspect.isfunction)
        if "cause" in inspect.signature(one).parameters
        and (name in public if public is not None else one.__module__ == room.__name__)
    }


def test_every_change_can_be_made_by_a_program() -> None:
    files = (tree.ROOT / "src" / "backorder" / "api" / "endpoints").glob("*.py")
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    called = [node.func for node in nodes if isinstance(node, ast.Call)]
    reached = {one.attr for one in called if isinstance(one, ast.Attribute)}
    reached |= {one.id for one in called if isinstance(one, ast.Name)}
    changes = set().union(*map(list_changes, ROOMS))
    assert len(changes) > 45
    assert changes - reached == KEPT_FROM_PROGRAMS.keys()
