"""What came of a decision, to rows: only what differs from the plan in force is written.

`promises` says which days are news, `apply` writes them and all that moved; `loading` takes the plan of another program over.
"""
