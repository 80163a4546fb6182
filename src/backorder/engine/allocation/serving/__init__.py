"""The order of service: units move from supplies to lines.

`hold`   what is locked, skipped, frozen or firm keeps its units. `now` reads the plan in force, `keep` keeps units of it, `parts` says
         how many kits there are parts for.
`needs`  what promises, `gain` and `improve` are owed; `admit` takes it up, better ranks first, as far as all of it can be met at the
         same time. `safe` keeps it so, on the `trees` of places: it says how many units may leave a place.
`serve`  tier after tier: floors first, then each line in its `turn`; `fair` shares, `fill` keeps. A turn takes units by `walk` (of an
         `item_walk` or of `kits`), `together`, or with a `minimum`. Only `take` moves a unit. `cells` holds lines to ceilings and
         floors: a line never takes a floor of others.
"""
