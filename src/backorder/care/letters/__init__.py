"""What customers are written while they wait: one letter for an order, in their language, that says what the law of the place asks.

1. `pieces`       open units of a line that share a day, what was told of them before, and what silence about them will mean.
2. `speech`       a language: sentences, days and numbers.
3. `arrangement`  in which order a house puts the parts of a letter, and its own words between them; refuses what may not be sent.
4. `parts`        the sentences of each part, and what the law would take them to say.
5. `writing`      puts a letter together, and checks that it counts as it says.
6. `receipts`     puts into writing what happened: `cancelled` and `thanked` are its largest, `scene` holds what all of them say.

receipts -> cancelled, thanked -> scene -> parts; receipts -> writing -> parts -> pieces; house -> arrangement, speech
"""
