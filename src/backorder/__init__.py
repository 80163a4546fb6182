"""Decides who gets which unit of scarce stock, and when: facts in, one pure decision, promises out."""

__version__ = "0.1.0"
