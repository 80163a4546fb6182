"""What is to be paid back: by which rules of the house, how much, and by when.

rules -> owed -> pages, letting -> alone. How money goes back is in `payments`.
"""
