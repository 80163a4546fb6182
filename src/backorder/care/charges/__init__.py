"""Charges by the rules of the house: told some days before (`announcing`), and going on without a person (`alone`).

How money is taken is in `payments`.
"""
