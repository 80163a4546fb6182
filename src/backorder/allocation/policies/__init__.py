"""By which rules: versions that only come to be, and publications, of which the last is in force.

`publications` keeps both; `terms` is what of them a decision needs.
"""
