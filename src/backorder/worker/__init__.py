"""Works on jobs: those that the clock asks for, and those that a change puts off; so far no change does.

`tasks` names each job and calls the service that does it; `run` keeps the worker running.
"""
