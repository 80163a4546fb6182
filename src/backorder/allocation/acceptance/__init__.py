"""The gate: what of an order is accepted, and whether it ships now or waits. docs/reference/orders.md says the rules.

`free` asks the engine what is free behind everybody else, `rules` finds the rule that holds, `gate` splits each line into what is
free on hand, what may wait and what is refused, and `answer` says it. `taking` takes orders through it, `amending` more of an order,
and `quoting` asks it without effect.
"""
