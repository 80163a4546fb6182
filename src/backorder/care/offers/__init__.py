"""Offers: who waits is offered something else that is free, and has it kept for a while. Nothing is substituted without a yes.

`finding` says what may be offered for a line, `pricing` what it costs, `making` keeps it and lets a letter say so, `alone` does
that by a rule of the house. `answering` is what becomes of it: taken, declined, over or overtaken. `outside` is what others sell:
information, never an order. `rules` is the section of the house.
"""
