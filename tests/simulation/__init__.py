"""A random operator runs a small shop for thousands of steps; whatever it does, the laws hold. By hand: `make soak`.

`operator` chooses, `steps` lists what it can do (`customers`, `supplies`, `warehouse`, `rules`). After each step `sums` are those of
what it touched (laws L1 to L4); now and then `checks` looks at everything: what was only to be added to (L4), some runs made again
(L7), and that nothing moves when all is decided again (L8). Every decision is held to L1, L2, L5 and L6 by the program itself. It is
killed in the midst of steps (L11), in a soak its database server too. `soak` runs many shops side by side, `many` operators in one.
"""
