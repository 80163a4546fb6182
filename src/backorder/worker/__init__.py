"""Works on jobs: those that a change put off, and those that a clock asks for.

`tasks` names each job and calls the service that does it; `run` keeps the worker running.
"""
