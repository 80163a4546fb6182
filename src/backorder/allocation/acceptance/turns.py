"""Taking turns: who asks for the same thing while it is being done for another is served with all who wait, in one go.

What takes long is done once for all of them, and nobody decides for longer than before: who finds nobody at the counter is served
at once, alone. They are served by the thread of one of them, over its connection and in its transaction, and each has its answer
once that has ended. Processes beside this one have counters of their own; the database lets one after another in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Condition
from typing import Generic, TypeVar

from django.db import InterfaceError, OperationalError, connection
from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled, SerializationFailure

K = TypeVar("K", bound=Hashable)
A = TypeVar("A")
B = TypeVar("B")

UNKNOWN = OperationalError, InterfaceError
"""What ends a transaction so that nobody knows how: to make it again could be to make it twice."""
UNDONE = DeadlockDetected, LockNotAvailable, QueryCanceled, SerializationFailure
"""What is of that kind by name, and yet is known: the database says that nothing of it stands."""
Gather = Callable[[], Sequence[A]]
"""Lists those who are served, in the order in which they came; asked again, with those who came since."""


@dataclass(eq=False)
class Turn(Generic[A, B]):
    """One who waits."""

    asked: A
    answer: B | None = None
    error: Exception | None = None
    is_called: bool = False  # served with others now
    is_over: bool = False  # with an answer; or without, to be served alone


class Counter(Generic[K, A, B]):
    """Where those queue who may be served together: those of one key, in one process."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self.changed = Condition()
        self.waiting: dict[K, list[Turn[A, B]]] = defaultdict(list)
        self.busy = set[K]()

    def take_turn(self, key: K, asked: A, serve: Callable[[Gather[A]], list[B]]) -> B:
        """Serve who asks, together with others of the key who wait; `serve` does it in its own transaction. Raises what that raises.

        If those served together cannot be, each is served alone, so that nobody's mistake is another's; where nobody knows what
        became of it, as where the database was lost, all of them are told. Who is in a transaction is served alone, too: others
        would be told what may be taken back.
        """
        if not connection.in_atomic_block:
            turn = Turn[A, B](asked)
            if self.waits_to_lead(key, turn):
                self.lead(key, turn, serve)
            if turn.error is not None:
                raise turn.error
            if turn.answer is not None:
                return turn.answer
        return serve(lambda: [asked])[0]

    def waits_to_lead(self, key: K, turn: Turn[A, B]) -> bool:
        """Wait until the turn is over, or until it is to lead: nobody else serves."""
        with self.changed:
            self.waiting[key].append(turn)
            try:
                self.changed.wait_for(lambda: turn.is_over or not (turn.is_called or key in self.busy))
            except BaseException:  # stopped by hand: nobody is served who is gone
                self.leave(key, turn)
                raise
            if not turn.is_over:
                self.busy.add(key)
            return not turn.is_over

    def lead(self, key: K, turn: Turn[A, B], serve: Callable[[Gather[A]], list[B]]) -> None:
        """Serve all who wait. Raises what `serve` does where nobody else was served."""
        called: list[Turn[A, B]] = []
        try:
            answers = serve(partial(self.call, key, called))
            for one, answer in zip(called, answers, strict=True):
                one.answer = answer
        except Exception as error:  # noqa: BLE001 - whatever it is, who asked is told, or served alone
            if len(called) <= 1 or is_unknown(error):
                for one in called or [turn]:
                    one.error = error
        finally:
            with self.changed:
                self.leave(key, turn)  # it is there yet, if it failed before anybody was called
                for one in called:
                    one.is_over = True
                self.busy.discard(key)
                self.changed.notify_all()

    def leave(self, key: K, turn: Turn[A, B]) -> None:
        """Let one go who may be waiting still, inside `changed`."""
        left = [one for one in self.waiting.pop(key, []) if one is not turn]
        if left:
            self.waiting[key] = left

    def call(self, key: K, called: list[Turn[A, B]]) -> list[A]:
        """Call all who wait to those who were called before."""
        with self.changed:
            called += self.waiting.pop(key, [])
            for one in called:
                one.is_called = True
        return [one.asked for one in called]


def is_unknown(error: Exception) -> bool:
    """Tell whether nobody knows what became of a transaction that ended so."""
    return isinstance(error, UNKNOWN) and not isinstance(error.__cause__, UNDONE)
