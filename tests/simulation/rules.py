"""What planners do, and what time does."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db import transaction

from backorder.allocation import events
from backorder.allocation.models import Publication
from backorder.allocation.policies.publications import Draft
from backorder.allocation.services import pass_day, plan_all
from backorder.allocation.what_if.publishing import Consent, discard, publish, publish_policy
from backorder.allocation.what_if.publishing import roll_back as publish_earlier
from backorder.allocation.what_if.simulations import Otherwise, simulate
from backorder.catalog import services as catalog
from backorder.catalog.models import Acceptance, Item
from backorder.catalog.selectors import find_items
from tests.simulation.operator import NothingError, Operator
from tests.simulation.supplies import find_coming

POLICIES = (
    "",
    'peg = "earliest"\nhandling_days = 1\n',
    '[promises]\nkeep = "never"\n[rank]\nkeys = ["-priority", "ordered_at"]\n',
    '[promises]\nkeep = "by_rank"\nmax_lines_worsened = 3\n',
    '[rank]\nmode = "score"\n[rank.score]\nage_days = 1.0\nvalue = 0.01\nclass.contract = 50\n',
    '[[segment]]\nname = "rush"\nwhere = { priority = "<=10" }\nstrategy = "win"\n',
    '[[guarantee]]\nname = "contract"\nwhere = { customer_class = ["contract"] }\nfloor = 3\n',
    "freeze_days = 2\noverdue_arrives_in_days = 3\n[ageing]\nguaranteed_after_days = 9\n",
)


def publish_rules(operator: Operator) -> None:
    """Other rules are put in force; past a cap they are refused, unless somebody says why not."""
    text = operator.chance.choice(POLICIES)
    draft = Draft(text, operator.chance.choice((0, 0, 3)), operator.chance.choice((None, 4)))
    despite = operator.chance.choice(("", "the fair begins"))
    publish_policy(draft, operator.cause(), Consent(despite=despite))


def roll_back(operator: Operator) -> None:
    """Earlier rules are put in force again."""
    chosen = operator.pick(Publication.objects.select_related("version"))
    publish_earlier(chosen, operator.cause(), Consent(despite="it was better before"))


def try_out(operator: Operator) -> None:
    """A planner looks at what a delay would do, and puts it aside or makes it so."""
    change = Otherwise(find_coming(operator), operator.day(40))
    with transaction.atomic():  # refused as one
        simulation = simulate(None, operator.cause(), [change])
        if operator.chance.random() < 1 / 2:
            discard(simulation, operator.cause())
        else:
            publish(simulation, operator.cause(), Consent(despite="it is so"))


def change_kit(operator: Operator) -> None:
    """A component goes into a kit, or out of it, or is another number."""
    kit, part = f"I-{operator.chance.choice((0, 1)):02}", f"I-{operator.chance.choice((2, 3, 4, 5)):02}"
    if operator.chance.random() < 1 / 4:
        change = partial(catalog.remove_components, [(kit, part)], operator.cause())
    else:
        facts = catalog.ComponentFacts(kit, part, operator.chance.choice((1, 2)))
        change = partial(catalog.save_components, [facts], operator.cause())
    events.change_kits(find_items([kit, part]).values(), change)


def change_substitute(operator: Operator) -> None:
    """An item may stand in for another, or no longer."""
    item, other = (f"I-{number:02}" for number in operator.chance.sample((6, 7, 8, 9), 2))
    if operator.chance.random() < 1 / 2:
        change = partial(catalog.remove_substitutes, [(item, other, "variant")], operator.cause())
    else:
        facts = catalog.SubstituteFacts(item, other, "variant", operator.chance.choice((1, 2)) * 1_000_000)
        change = partial(catalog.save_substitutes, [facts], operator.cause())
    events.change_kits(find_items([item, other]).values(), change)


@transaction.atomic
def change_place(operator: Operator) -> None:
    """A place is used earlier or later, or lies elsewhere, and everything is decided again."""
    facts = catalog.LocationFacts(
        "shelf",
        parent=operator.chance.choice(("main", "shop", "")),
        rank=operator.chance.choice((None, 1, 9)),
    )
    catalog.save_locations([facts], operator.cause())
    plan_all(operator.cause())


def close_day(operator: Operator) -> None:
    """A day is closed, or open again."""
    day = (operator.day(), operator.chance.choice(("", "main")))
    change = catalog.remove_closed_days if operator.chance.random() < 1 / 3 else catalog.save_closed_days
    events.change_places(lambda: change([day], operator.cause()))


def change_acceptance(operator: Operator) -> None:
    """More or less of an item may be ordered than is there."""
    chance = operator.chance
    rule = chance.choice(Acceptance.RULES)
    facts = catalog.AcceptanceFacts(
        rule,
        chance.choice(("", operator.pick(Item.objects.all()).sku)),
        chance.choice(("", "", "web")),
        cap=chance.choice((5, 30)) if rule == Acceptance.CAPPED else None,
        horizon_days=chance.choice((5, 30)) if rule == Acceptance.INBOUND_ONLY else None,
        longest_wait_days=chance.choice((None, None, 10)),
    )
    if chance.random() < 1 / 2:
        catalog.remove_acceptances([facts.scope], operator.cause())
    else:
        catalog.save_acceptances([facts], operator.cause())


def pass_night(operator: Operator) -> None:
    """A new day comes, sometimes after days without one."""
    operator.now += dt.timedelta(days=operator.chance.choice((1, 1, 1, 4)))
    pass_day(operator.cause())
    assert pass_day(operator.cause()) is None


def restart(operator: Operator) -> None:
    """The program is started again, and all that it remembers is gone."""
    operator.restart()


def kill(operator: Operator) -> None:
    """The program is killed in the midst of something: that has happened as a whole, or not at all."""
    if operator.kill is None:
        raise NothingError
    what = f"operate {operator.chance.randrange(10**9)} {operator.number} {operator.now.isoformat()}"
    operator.kill(what, operator.chance.randint(1, 80))
    operator.check()
