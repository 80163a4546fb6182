"""What the law asks of a seller whose line is late: whom to tell by when, what silence means, when money goes back.

1. `facts`       what happened to a line: the sale, promises, notices, answers, shipments, cancellations, refunds.
2. `pack`        the rules of one law, as data; `content` names what a notice can say; `choose` picks the packs that hold for a sale.
3. `case`        units that share one history are one portion; a portion under one pack is a case, with a calendar (`days`).
4. `clock`       walks a case through its history to a day.
5. `portions`    splits a line into portions.
6. `owed`        says where it stands (`standing`), and what is to be done by when.
7. `judge`       weighs all packs: the earliest day and the strictest words count; and looks ahead.

No law is written in code: another one is another pack. All are pure; the instant of now is an argument.
"""

from backorder.engine.consent.case import Place, Portion
from backorder.engine.consent.choose import Parties, choose_packs, find_last_express_day
from backorder.engine.consent.content import CONTENT
from backorder.engine.consent.days import Calendar
from backorder.engine.consent.facts import (
    Answer,
    Cancellation,
    Facts,
    FactsError,
    Notice,
    Part,
    Promise,
    Refund,
    Sale,
    Shipment,
)
from backorder.engine.consent.judge import Coming, Judgement, Verdict, judge
from backorder.engine.consent.pack import SHIP_TO, NoticeRule, Pack, PackError, RefundRule
from backorder.engine.consent.portions import Rules
from backorder.engine.consent.standing import STATES, Action, Standing

__all__ = [
    "CONTENT",
    "SHIP_TO",
    "STATES",
    "Action",
    "Answer",
    "Calendar",
    "Cancellation",
    "Coming",
    "Facts",
    "FactsError",
    "Judgement",
    "Notice",
    "NoticeRule",
    "Pack",
    "PackError",
    "Part",
    "Parties",
    "Place",
    "Portion",
    "Promise",
    "Refund",
    "RefundRule",
    "Rules",
    "Sale",
    "Shipment",
    "Standing",
    "Verdict",
    "choose_packs",
    "find_last_express_day",
    "judge",
]
