"""Holds what is learned of arrivals to its rules."""
