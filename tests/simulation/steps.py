"""What an operator does, how often, and how much oftener when many lines are open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.simulation import customers, money, rules, supplies, warehouse
from tests.simulation.operator import Operator


@dataclass(frozen=True)
class Step:
    """A kind of thing to do."""

    act: Callable[[Operator], None]
    weight: float
    drains: float = 1.0

    @property
    def name(self) -> str:
        """The name of what is done."""
        return self.act.__name__


STEPS = (
    Step(customers.order, 20, 0.1),
    Step(customers.order_elsewhere, 5, 0.1),
    Step(customers.quote, 4),
    Step(customers.hold, 5, 0.1),
    Step(customers.confirm, 4),
    Step(customers.expire, 2),
    Step(customers.cancel, 3, 4),
    Step(customers.cancel_order, 1, 5),
    Step(customers.amend, 4),
    Step(customers.add, 2, 0.1),
    Step(customers.amend_order, 2),
    Step(customers.move_house, 1),
    Step(customers.pay, 2),
    Step(customers.agree, 2),
    Step(money.note_payment, 3),
    Step(money.let_owed_back, 3),
    Step(money.let_goodwill_back, 0.5),
    Step(money.send_by_hand, 3),
    Step(money.bring_back, 1),
    Step(money.go_on, 1),
    Step(supplies.order_in, 12),
    Step(supplies.receive, 12, 1.5),
    Step(supplies.slip, 4),
    Step(supplies.drop, 2),
    Step(supplies.split, 2),
    Step(supplies.count, 3),
    Step(supplies.find, 4),
    Step(supplies.lose, 1),
    Step(supplies.change_status, 2),
    Step(warehouse.release, 8, 3),
    Step(warehouse.release_line, 2),
    Step(warehouse.release_place, 2, 4),
    Step(warehouse.pick, 2),
    Step(warehouse.ship, 12, 4),
    Step(warehouse.short, 1),
    Step(warehouse.take_back, 1),
    Step(warehouse.accept_return, 1),
    Step(warehouse.block, 1),
    Step(warehouse.lift, 2),
    Step(rules.publish_rules, 0.7),
    Step(rules.roll_back, 0.3),
    Step(rules.try_out, 0.7),
    Step(rules.change_kit, 0.3),
    Step(rules.change_substitute, 0.3),
    Step(rules.change_place, 0.2),
    Step(rules.close_day, 0.3),
    Step(rules.change_acceptance, 1),
    Step(rules.pass_night, 2),
    Step(rules.restart, 0.3),
    Step(rules.kill, 0.5),
)
