"""The customer who waits: what the law asks, and the house's own rules.

house -> facts -> judging -> trying, words
"""
