"""The interface for programs, `/api/v1`: typed, with keys and scopes, and every change made once.

An endpoint is thin: what was sent is read into a schema, one event or selector is called, what it gives is shown by a
schema. `endpoints/` has one file for each noun; the rest is what all of them share.
"""
