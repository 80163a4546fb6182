"""A random operator runs a small shop for thousands of steps; whatever it does, the laws hold. By hand: `make soak`.

`operator` chooses, `steps` lists what it can do (`customers`, `supplies`, `warehouse`, `rules`), `checks` looks at what became of it.
"""
