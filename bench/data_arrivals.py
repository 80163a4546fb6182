"""Delays of suppliers (SCMS), dates of a marketplace (Olist): our figure, the one to beat, the naive one; each line as of its order.

Reads BACKORDER_DATA (default: data beside shared, one folder up). Nothing is fitted to these sets: all is learned as in the
command.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backorder.engine.arrival import Purchases, predict
from backorder.engine.tables import NEVER
from measure.clock import report

SCMS = Path("scms") / "scms_deliveries_scheduled_until_2012.parquet"
OLIST = Path("olist") / "olist_orders_until_2018-02.parquet"
LEVELS = np.array([0.1, 0.5, 0.8, 0.9, 0.95])
LIKELY = 0.5
LATEST = np.arange(0.9, 0.99, 0.005)
"""Levels of which the latest date is taken: the highest whose dates are on average no later than the shop's own, so that the shares
of those missed can be compared."""
LEAD_IN = 120
"""Days of a marketplace before the first order that is judged: until then hardly anything has arrived."""
UNKNOWN_ORDER = 60
"""Days before the schedule on which a line counts as ordered where nobody noted it."""
Days = NDArray[np.int64]


def main() -> None:
    """Measure what is there."""
    top = Path(os.environ.get("BACKORDER_DATA") or Path("..") / "shared" / "data")
    for figure, file, measure in (("data_scms", SCMS, measure_scms), ("data_olist", OLIST, measure_olist)):
        if (top / file).is_file():
            measure(pl.read_parquet(top / file))
        else:
            sys.stdout.write(json.dumps({"figure": figure, "skipped": f"there is no {top / file}"}) + "\n")


def to_days(column: pl.Series) -> Days:
    """Give days since 1970; NEVER for a blank."""
    days: Days = column.cast(pl.Date).cast(pl.Int32).fill_null(NEVER).to_numpy().astype(np.int64)
    return days


def to_codes(column: pl.Series) -> Days:
    """Give each text a number."""
    return np.unique(column.fill_null("").to_numpy(), return_inverse=True)[1]


def sum_pinball(foretold: Days, delivered_on: Days) -> float:
    """Give the mean over lines of the pinball losses, summed over the levels, in days."""
    short = delivered_on[:, None] - foretold
    return float(np.maximum(LEVELS * short, (LEVELS - 1.0) * short).sum(axis=1).mean())


def measure_scms(frame: pl.DataFrame) -> None:
    """Measure the summed pinball of lines filled from a warehouse: of the later half by schedule."""
    frame = frame.filter(pl.col("Fulfill Via") != "Direct Drop").sort("Scheduled Delivery Date (date)", "ID")
    quoted_on = to_days(frame["Scheduled Delivery Date (date)"])
    delivered_on = to_days(frame["Delivered to Client Date (date)"])
    ordered_on = to_days(frame["PQ First Sent to Client Date (date)"])
    ordered_on = np.where(ordered_on == NEVER, quoted_on - UNKNOWN_ORDER, ordered_on)
    lane = to_codes(frame["Country"] + "/" + frame["Shipment Mode"].fill_null(""))
    one = np.zeros(len(frame), np.int64)
    purchases = Purchases(ordered_on, quoted_on, delivered_on, one, lane, to_codes(frame["Item Description"]))
    rows = np.arange(len(frame) // 2, len(frame))
    began = time.perf_counter()
    foretold = predict(purchases, rows, ordered_on[rows], LEVELS)
    seconds = time.perf_counter() - began
    truth = delivered_on[rows]
    covered = (truth[:, None] <= foretold).mean(axis=0)
    report(
        "data_scms",
        None,
        pinball=sum_pinball(foretold, truth),
        to_beat=41.0,
        naive=sum_pinball(np.repeat(quoted_on[rows, None], len(LEVELS), axis=1), truth),
        lines=len(rows),
        **{f"covered_{level:g}": float(share) for level, share in zip(LEVELS, covered, strict=True)},
        seconds=seconds,
    )


def measure_olist(frame: pl.DataFrame) -> None:
    """Measure the likely date's error, and how often the latest date is missed and how far off it is, beside the shop's own date."""
    known = pl.col("order_delivered_customer_date").is_not_null() & pl.col("order_approved_at").is_not_null()
    frame = frame.filter(known).sort("order_approved_at", "order_id")
    names = ("order_approved_at", "order_estimated_delivery_date", "order_delivered_customer_date")
    ordered_on, quoted_on, delivered_on = (to_days(frame[name]) for name in names)
    one = np.zeros(len(frame), np.int64)
    purchases = Purchases(ordered_on, quoted_on, delivered_on, one, one, one)
    rows = np.flatnonzero(ordered_on > ordered_on.min() + LEAD_IN)
    began = time.perf_counter()
    foretold = predict(purchases, rows, ordered_on[rows], np.append(LIKELY, LATEST))
    seconds = time.perf_counter() - began
    real = (quoted_on[rows], delivered_on[rows], ordered_on[rows])
    report("data_olist", None, **compare(foretold, real), seconds=seconds)


def compare(foretold: Days, known: tuple[Days, Days, Days]) -> dict[str, Any]:
    """Give our figures beside those of the shop's one date."""
    theirs, truth, since = known
    no_later = np.flatnonzero(foretold[:, 1:].mean(axis=0) <= theirs.mean())
    place = int(no_later[-1]) if len(no_later) else 0
    likely, latest = foretold[:, 0], foretold[:, 1 + place]
    return {
        "likely_error_days": float(np.abs(truth - likely).mean()),
        "to_beat_error_days": 5.9,
        "naive_error_days": float(np.abs(truth - theirs).mean()),
        "latest_missed": float((truth > latest).mean()),
        "to_beat_missed": 0.075,
        "naive_missed": float((truth > theirs).mean()),
        "latest_after_days": float((latest - since).mean()),
        "naive_after_days": float((theirs - since).mean()),
        "latest_level": float(LATEST[place]),
        "lines": len(truth),
    }


if __name__ == "__main__":
    main()
