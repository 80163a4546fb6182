"""The deadlines of orders that are looked at: what each law asks now of units that wait, and when silence would cancel them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from backorder.care.judging import Judged
from backorder.care.models import DEADLINES, Deadline
from backorder.engine.consent import Verdict
from backorder.rows import insert_rows


def keep_deadlines(orders: Sequence[int], judged: Iterable[Judged]) -> None:
    """Keep what is asked of orders, by their ids, in place of what was asked of them before."""
    Deadline.objects.filter(line__order__in=orders).delete()
    insert_rows([deadline for each in judged for deadline in list_deadlines(each)])


def list_deadlines(judged: Judged) -> list[Deadline]:
    """List what is asked of a line: the same thing by the same day once, for all its units."""
    found: dict[tuple[str, object], Deadline] = {}
    for verdict in judged.asked.verdicts:
        for new in list_asked(judged, verdict):
            kept = found.setdefault((new.kind, new.by), new)
            if kept is not new:
                kept.quantity += new.quantity
                kept.should_by = min(kept.should_by, new.should_by)
                kept.citations = list(dict.fromkeys([*kept.citations, *new.citations]))
    return [*found.values(), *list_crossed(judged)]


def list_crossed(judged: Judged) -> list[Deadline]:
    """List the answers of a line that crossed their time, of which a person decides: those of a day together."""
    days = {each.at.astimezone(judged.rules.place.zone).date() for each in judged.asked.crossed}
    units = judged.line.quantity_open
    return [
        Deadline(line=judged.line, kind="crossed", by=day, should_by=day, quantity=units, citations=[])
        for day in sorted(days)
    ]


def list_asked(judged: Judged, verdict: Verdict) -> Iterator[Deadline]:
    """List what is asked of units with one history: money that is owed stands with the refunds, what ships in time in the queue."""
    asked: list[tuple[str, date, date, Sequence[str]]] = [
        (each.kind, each.by, each.should_by, each.citations)
        for each in verdict.actions
        if each.kind in DEADLINES
    ]
    answers = [(each.answer_by, each.citation) for each in verdict.standings if each.answer_by]
    if answers:
        day, citation = min(answers)
        asked.append(("answer", day, day, [citation]))
    for kind, by, should_by, citations in asked:
        yield Deadline(
            line=judged.line,
            kind=kind,
            by=by,
            should_by=should_by,
            quantity=verdict.quantity,
            citations=list(citations),
        )
