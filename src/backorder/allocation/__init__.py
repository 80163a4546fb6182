"""Who gets which unit, and what was promised: the plan in force, kept in the database.

`services` is the one way to a new plan: lock, read, decide, check, apply. `snapshot` turns rows into facts, `apply` a plan into rows.
"""
