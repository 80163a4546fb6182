"""Before anyone is served: every line gets its rank, and the facts are laid on the desk in the order of service.

`rank` gives each line a segment and a strategy, then all lines one total order; `match` reads conditions. `rounds` seats them: as
they rank, but item by item as far as complete orders allow; `families` says which items share units. `seat` lays the desk: `lines`,
`supplies`, `bills` of kits, the plan in force (`current`). `days` says when a unit ships, `places` what is inside what, `guarantees`
which floors and ceilings a line stands in.
"""
