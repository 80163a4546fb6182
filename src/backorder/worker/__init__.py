"""Works on jobs: those that the clock asks for, and those that a change puts off, as sending what was let go.

`tasks` names each job and calls the service that does it; `run` keeps the worker running.
"""
