"""The rooms that decide: pure functions of their arguments. No clock, no I/O, no randomness without a given seed."""
