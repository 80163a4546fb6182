"""A person: everything that is kept about them in one archive, and erased so that all sums still add up."""
