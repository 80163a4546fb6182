"""Fair shares: whole units in proportion, by largest remainder."""

from __future__ import annotations

import numpy as np

from backorder.engine.compiled import array_kernel, kernel


@array_kernel
def share_equally(amount: int, have: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Share units so that (have + given) / size comes out equal; nothing is taken back, so who has more gets nothing.

    Whole units by largest remainder, ties by position. `amount` is at most what is missing, sum(size - have), `size` above 0.
    Sums stay below 2^53.
    """
    count = len(size)
    given = np.zeros(count, np.int64)
    takes_part = np.ones(count, np.bool_)
    level, weight, changed = 0, 1, True
    while changed:  # the common level is level / weight; who stands above it drops out, which lowers it again
        level, weight, changed = amount, 0, False
        for j in range(count):
            if takes_part[j]:
                level += have[j]
                weight += size[j]
        for j in range(count):
            if takes_part[j] and multiply_divide(level, size[j], weight)[0] < have[j]:
                takes_part[j] = False
                changed = True
    rest = amount
    remainder = np.full(count, -1, np.int64)
    for j in range(count):
        if takes_part[j]:
            whole, remainder[j] = multiply_divide(level, size[j], weight)
            given[j] = whole - have[j]
            rest -= given[j]
    if rest > 0:
        order = np.argsort(-remainder, kind="mergesort")  # stable: ties keep their positions
        for j in order[:rest]:
            given[j] += 1
    return given


@kernel
def multiply_divide(a: int, b: int, c: int) -> tuple[int, int]:
    """Divide a * b by c exactly, giving quotient and remainder, even where a * b is beyond 63 bits; all below 2^54."""
    if a == 0 or b <= (2**62) // a:
        return (a * b) // c, (a * b) % c
    quotient, remainder = 0, 0
    for bit in range(54, -1, -1):
        quotient, remainder = 2 * quotient, 2 * remainder
        if (b >> bit) & 1:
            quotient += a // c
            remainder += a % c
        quotient += remainder // c
        remainder %= c
    return quotient, remainder
