"""Rows to facts: what a decision is made from.

`ties` names what must be decided together, `reading` reads all rows about it in one statement, `attributes` those columns that only a
policy names, `snapshot` makes arrays of them; `newcomers` adds lines that are not saved yet, `packing` makes bytes of facts and back.
"""
