"""The customer who waits: what the law asks, the house's own rules, what was told and what was said.

house, telling -> facts -> judging -> trying, words, letters
"""
