"""Folders of files: a planner's export in, a plan out. `services` holds the jobs; files.md is the contract.

services -> tables (csv_text, sheets, parse, schemas) -> snapshot -> the engine -> outputs -> target
"""
