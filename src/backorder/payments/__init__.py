"""Money that came in for orders, and money that goes back.

`models` keep both; `services` are what a person or a program does with them, `transfers` what becomes of it; `sending` hands what goes
back to a provider, once, and `providers` says what one must know how to do. What is owed, and by when, is decided in `care.refunds`.
"""
