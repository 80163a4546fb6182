"""The plan in force: what each line holds, day by day."""

from __future__ import annotations

from .world import Batch, Line, Row, Supply, World


def read_current(world: World) -> None:
    """Give each line its batches, earliest first, and drop the earliest beyond its quantity: they have shipped."""
    for line in world.lines:
        batches = sorted(
            list_batches(world, line), key=lambda batch: batch.day
        )  # ties: in the order of the rows
        excess = sum(batch.units for batch in batches) - line.quantity
        for batch in batches:
            dropped = min(max(excess, 0), batch.units)
            excess -= dropped
            batch.units -= dropped
            batch.rows = make(world, line.item, batch.units, batch.rows) or []
        line.current = [batch for batch in batches if batch.units]


def list_batches(world: World, line: Line) -> list[Batch]:
    """Each row of the line's item is a batch; the components of a kit are one for each location and day."""
    table = world.snapshot.current
    batches: list[Batch] = []
    assembled: dict[tuple[int, int], Batch] = {}
    for row in range(len(table)):
        if int(table.line[row]) != line.row:
            continue
        place, item, quantity = int(table.location[row]), int(table.item[row]), int(table.quantity[row])
        day = max(int(table.ships_on[row]), world.first_day(place))
        supply = world.supplies[int(table.supply[row])] if int(table.supply[row]) >= 0 else None
        supply = supply if supply and supply.quantity else None
        if item == line.item:
            batches.append(Batch(quantity, day, [(supply, item, quantity)], place))
        elif item in world.items_in(line.item):
            if (place, day) not in assembled:
                assembled[place, day] = Batch(0, day, [], place)
                batches.append(assembled[place, day])
            assembled[place, day].rows.append((supply, item, quantity))
    for batch in assembled.values():
        while make(world, line.item, batch.units + 1, batch.rows) is not None:
            batch.units += 1
    return batches


def make(world: World, item: int, units: int, rows: list[Row]) -> list[Row] | None:
    """The rows that make so many units: the item's own first, then what it is made of. None: too few."""
    used: list[Row] = []
    left = [quantity for _, _, quantity in rows]
    return used if consume(world, (item, units), (rows, left), used) else None


def consume(world: World, ask: tuple[int, int], pool: tuple[list[Row], list[int]], used: list[Row]) -> bool:
    """Move units of an item, or what it is made of, from the pool to `used`; false if there are too few."""
    item, units = ask
    rows, left = pool
    for number, (supply, of_item, _) in enumerate(rows):
        taken = min(left[number], units) if of_item == item else 0
        if taken:
            left[number] -= taken
            units -= taken
            used.append((supply, item, taken))
    if not units:
        return True
    return item in world.kits and all(
        consume(world, (component, units * each), pool, used) for component, each in world.kits[item]
    )


def held_on(line: Line, supply: Supply) -> int:
    """Units of a supply that the line holds in the plan in force."""
    return sum(quantity for batch in line.current for where, _, quantity in batch.rows if where is supply)


def current_by(line: Line, day: int) -> int:
    """Units that the line has by a day in the plan in force."""
    return sum(batch.units for batch in line.current if batch.day <= day)


def current_units(line: Line) -> int:
    return sum(batch.units for batch in line.current)
