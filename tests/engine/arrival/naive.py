"""The same predictions in plain Python, one line after another, as one would say them: slow, and with nothing to get wrong."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from backorder.engine.arrival.curves import ALIKE, EARLIEST, LATEST, ROUNDING
from backorder.engine.arrival.habits import HABITS, JUDGED_BY, PARTS, QUARTER, QUARTERS, UNQUOTED, Habit
from backorder.engine.tables import NEVER


@dataclass(frozen=True)
class Line:
    """A purchase line; days, NEVER: none."""

    ordered_on: int
    quoted_on: int
    delivered_on: int
    keys: tuple[int, int, int]  # supplier, lane, item

    def base(self, trust: int) -> int:
        """Give the day from which its delay counts."""
        return self.ordered_on + (self.quoted_on - self.ordered_on) * trust // 4 if trust else self.ordered_on


Lines = tuple[Line, ...]


def foretell(lines: Lines, line: Line, day: int, levels: tuple[float, ...]) -> list[int]:
    """Say when a line arrives."""
    quoted = line.quoted_on < NEVER
    known = tuple(one for one in lines if not quoted or one.quoted_on < NEVER)
    habit = choose(known, HABITS if quoted else UNQUOTED, day // QUARTER)
    return ask(known, line, (day, habit), levels)


@cache
def choose(lines: Lines, habits: tuple[Habit, ...], quarter: int) -> Habit:
    """Choose the habit that would have lost least on the quarter days before."""
    now = quarter * QUARTER
    losses = []
    for habit in habits:
        loss = 0
        for back in range(1, QUARTERS + 1):
            then = now - back * QUARTER
            for line in lines:
                if line.ordered_on <= then < line.delivered_on:
                    chances = tuple(part / PARTS for part in JUDGED_BY.tolist())
                    told = ask(lines, line, (then, habit), chances)
                    for part, found in zip(JUDGED_BY.tolist(), told, strict=True):
                        short = min(line.delivered_on, now) - min(found, now)
                        loss += part * short if short > 0 else (part - PARTS) * short
        losses.append(loss)
    return habits[losses.index(min(losses))]


def ask(lines: Lines, line: Line, known_by: tuple[int, Habit], levels: tuple[float, ...]) -> list[int]:
    """Say when a line arrives, by one habit."""
    day, habit = known_by
    base = line.base(habit.trust)
    still, last = 1.0, None
    found: list[int] = []
    some = {min(max(one.delivered_on - one.base(habit.trust), EARLIEST), LATEST) for one in lines}
    for delay in sorted(one for one in some if one > day - base):  # on other days none arrives
        share = find_share(lines, line, known_by, (delay, 3))
        if share > 0.0:
            last = base + delay
            still *= 1.0 - share
            while len(found) < len(levels) and 1.0 - still >= levels[len(found)] - ROUNDING:
                found.append(last)
    return found + [NEVER if last is None else last] * (len(levels) - len(found))


def find_share(lines: Lines, line: Line, known_by: tuple[int, Habit], where: tuple[int, int]) -> float:
    """Say which share of what is open arrives on a day of delay: by lines that agree in so many keys, and by those above them."""
    (day, habit), (delay, depth) = known_by, where
    arrived = at_risk = 0.0
    alike = [one for one in lines if one.keys[:depth] == line.keys[:depth] and one.ordered_on < day]
    above = [one for one in lines if one.keys[: depth - 1] == line.keys[: depth - 1] and one.ordered_on < day]
    if depth and len(alike) == len(above):
        return find_share(lines, line, known_by, (delay, depth - 1))
    for one in alike:
        weight = 0.5 ** ((day - one.ordered_on) / habit.half_life)
        is_here = one.delivered_on <= day
        reached = (one.delivered_on if is_here else day) - one.base(habit.trust)
        if is_here or reached >= EARLIEST:
            reached = min(max(reached, EARLIEST), LATEST)
            at_risk += weight if reached >= delay else 0.0
            arrived += weight if reached == delay and is_here else 0.0
    if depth == 0:
        return arrived / at_risk if at_risk > 0.0 else 0.0
    return (arrived + ALIKE * find_share(lines, line, known_by, (delay, depth - 1))) / (at_risk + ALIKE)
