"""The waitlist: who was refused units of an item hears when some are free, one after the other, and has them kept for a while.

Somebody puts a customer on the list (`wishes`). Whenever units are free to sell the next ones are invited (`inviting`): these
units are kept by a hold (`holds`), and a letter says so (`letter`). The customer orders them or gives them back; what is over goes to
the next (`answering`). `rules` is the section of the house.
"""
