"""Scenarios: one rule each, a table in, a table out."""
