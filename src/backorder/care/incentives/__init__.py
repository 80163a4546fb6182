"""Thanks to those who wait long: by rules of the house, within a budget, and never in place of a refund.

`rules` is the section of the house, `choosing` says whose order meets a rule now, what it would get, and who is in the group that gets
nothing; `giving` gives it, once for each order and rule, and `alone` does so without a person. `measuring` holds the cancellations
of both groups against each other.
"""
