"""Kills the program at every statement and commit of an act, and looks at what is left (law L11).

`process` is the program: it loads everything once, and for each order that it gets it makes a process with a connection of its own
that does the act and dies where it is told to. `killing` gives the orders and looks at the database. An act is a function
in `acts`; a test makes the shop in which it happens.
"""
