"""After all are served: what came of it, as the tables of a plan.

`sums` what each line got; `pegs` which units are whose; `ahead` who stands before a line; `reasons` why a line waits; `compare` the
difference to the plan in force, and what a person should see; `offers` substitutes that nobody needs, and what is short.
"""
