"""Scenes: what several tests begin with, played once per test worker; what a test adds to it is rolled back."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM

P = ParamSpec("P")
T = TypeVar("T")

# A database is some ten megabytes of memory: those that were not asked for lately make room.
KEPT = 12


class Scene(Protocol):
    """A transaction that acts as the system where `play` has been played, and what that returned.

    Whoever asks for the same again, with the same arguments, finds it there: give the function itself, not a closure.
    """

    def __call__(
        self, play: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> tuple[Tx, T]: ...


@dataclass
class Scenes:
    """The databases in which something was played, the one asked for last at the end. `fresh` makes an empty one."""

    fresh: Callable[[int], Database]
    known: OrderedDict[tuple[object, str], tuple[int, Database, object]] = field(default_factory=OrderedDict)

    def of(
        self, play: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> tuple[Database, T]:
        """Where it has been played, and a copy of what it returned."""
        key = (play, repr((args, sorted(kwargs.items()))))
        if key not in self.known:
            place = self._place()
            database = self.fresh(place)
            with ExitStack() as unless_played:
                unless_played.callback(database.close)
                with database.transaction(SYSTEM) as tx:
                    facts = play(tx, *args, **kwargs)
                unless_played.pop_all()
            self.known[key] = (place, database, facts)
        self.known.move_to_end(key)
        _, database, found = self.known[key]
        return database, cast("T", deepcopy(found))

    def close(self) -> None:
        """Let go of every connection."""
        for _, database, _ in self.known.values():
            database.close()

    def _place(self) -> int:
        if len(self.known) < KEPT:
            return len(self.known)
        _, (place, database, _) = self.known.popitem(last=False)
        database.close()
        return place


@dataclass
class Opened:
    """What a test has asked for: one transaction, however often it asks."""

    scenes: Scenes
    enter: Callable[[Database], Tx]
    tx: Tx | None = None
    at: Any = None

    def __call__(
        self, play: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> tuple[Tx, T]:
        database, facts = self.scenes.of(play, *args, **kwargs)
        assert self.at in (None, database), "a test has one scene"
        if self.tx is None:
            self.at, self.tx = database, self.enter(database)
        return self.tx, facts
