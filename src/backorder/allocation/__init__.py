"""Who gets which unit, and what was promised: the plan in force, kept in the database.

`services` is the one way to a new plan: lock, read, decide, check, apply. `snapshot` turns rows into facts, `apply` a plan into rows,
`promises` says which days are news. `policies` are the rules and `terms` what is in force; `simulations` ask what if, `publishing`
makes it true. `runs` keeps every decision, `packing` its facts; `days` is the clock that only moves on.
"""
