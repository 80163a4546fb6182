"""What if: the same decision on other facts or by other rules, looked at, and then made true or not.

`simulations` keep what would be, without effect; `publishing` puts rules in force: at once, after a simulation, or back to others.
"""
