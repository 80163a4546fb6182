"""Who gets which unit, and what was promised: the plan in force, kept in the database.

`services` is the one way to a new plan: lock, read, decide, check, apply; `events` is what happens to a shop, each with its decision.
`facts` is what a decision is made from, `policies` by which rules, `moves` what it moves, `plan` writes it; `runs` keeps it, so that
it can be made again. `acceptance` lets orders in, `what_if` decides without effect. `availability` says what is free by which day,
`explaining` and `reasons` say why, `days` is the clock that only moves on, `selectors` read for everybody else.
"""
