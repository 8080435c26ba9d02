"""How durable work stands: asked for, under way, done, or failed and why. Nothing here needs a worker."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from kernel.db import Tx
from kernel.errors import Problem, read_facts
from kernel.paging import DEFAULT_LIMIT, MAXIMUM_LIMIT, Page, PageInvalid

FAILED = frozenset({"ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})


@dataclass(frozen=True)
class Failure:
    """Why work failed, as the refusal that ended it would say it: a template, its facts, and each single fault."""

    code: str
    says: str
    facts: Mapping[str, object]
    problems: tuple[Problem, ...] = ()

    def sentence(self) -> str:
        """The reason in English, without the single faults."""
        return self.says.format_map(self.facts)


@dataclass(frozen=True)
class WorkStatus:
    """Where one attempt at a piece of work stands.

    `state` is ENQUEUED, PENDING, SUCCESS, ERROR, CANCELLED or MAX_RECOVERY_ATTEMPTS_EXCEEDED. `asked_at` is the
    instant that the asker named, `changed_at` the worker's last word; `steps` are the names of the steps done.
    """

    key: str
    job: str
    state: str
    asked_at: datetime
    changed_at: datetime
    steps: tuple[str, ...] = ()
    failure: Failure | None = None

    @property
    def has_failed(self) -> bool:
        """Whether it has ended without success."""
        return self.state in FAILED

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to this attempt."""
        return self.has_failed or self.state == "SUCCESS"


_ATTEMPTS = """
SELECT s.workflow_uuid AS key, s.name AS job, s.status AS state, s.created_at AS created, s.updated_at AS changed,
       i.inputs AS inputs, o.error AS error,
       (SELECT array_agg(d.function_name ORDER BY d.function_id) FROM dbos.operation_outputs d
        WHERE d.workflow_uuid = s.workflow_uuid AND d.error IS NULL) AS steps
FROM dbos.workflow_status s
LEFT JOIN dbos.workflow_input i USING (workflow_uuid)
LEFT JOIN dbos.workflow_output o USING (workflow_uuid)
WHERE {wanted}
ORDER BY {order}
"""
_OLDEST_FIRST = "s.created_at, length(s.workflow_uuid), s.workflow_uuid"
_NEWEST_FIRST = "s.created_at DESC, s.workflow_uuid DESC LIMIT :limit"
_OF_KEY = sa.text(
    _ATTEMPTS.format(
        wanted="s.workflow_uuid = :key OR starts_with(s.workflow_uuid, :key || '#')", order=_OLDEST_FIRST
    )
)
_BENEATH = sa.text(_ATTEMPTS.format(wanted="starts_with(s.workflow_uuid, :prefix)", order=_OLDEST_FIRST))
_NEWEST = sa.text(_ATTEMPTS.format(wanted="true", order=_NEWEST_FIRST))
_BEFORE = sa.text(
    _ATTEMPTS.format(
        wanted="(s.created_at, s.workflow_uuid) < "
        "(SELECT p.created_at, p.workflow_uuid FROM dbos.workflow_status p WHERE p.workflow_uuid = :after)",
        order=_NEWEST_FIRST,
    )
)


def statuses(tx: Tx, *, key: str) -> list[WorkStatus]:
    """Every attempt at the work called `key`, oldest first."""
    return [_status(row) for row in tx.execute(_OF_KEY, {"key": key})]


def statuses_beneath(tx: Tx, *, prefix: str) -> list[WorkStatus]:
    """Every attempt at every work whose key begins with `prefix`, oldest first."""
    return [_status(row) for row in tx.execute(_BENEATH, {"prefix": prefix})]


def all_work(tx: Tx, *, after: str | None = None, limit: int = DEFAULT_LIMIT) -> Page[WorkStatus]:
    """Every attempt at every work, newest first; `after` is the key of the last one of the page before."""
    if not 1 <= limit <= MAXIMUM_LIMIT or (after is not None and not _is_known(tx, after)):
        raise PageInvalid(maximum=MAXIMUM_LIMIT)
    rows = tx.execute(_BEFORE if after else _NEWEST, {"after": after, "limit": limit + 1})
    found = [_status(row) for row in rows]
    return Page(tuple(found[:limit]), found[limit - 1].key if len(found) > limit else None)


def counts(tx: Tx) -> list[tuple[str, str, int]]:
    """How many attempts there are of each kind of work in each state."""
    counted = sa.text(
        "SELECT name, status, count(*) FROM dbos.workflow_status GROUP BY name, status ORDER BY name, status"
    )
    return [(str(name), str(state).lower(), int(count)) for name, state, count in tx.execute(counted)]


def _is_known(tx: Tx, key: str) -> bool:
    known = sa.text("SELECT 1 FROM dbos.workflow_status WHERE workflow_uuid = :key")
    return tx.execute(known, {"key": key}).first() is not None


def base(key: str) -> str:
    """The key of the work, without the number of the attempt."""
    return key.partition("#")[0]


def latest(attempts: Sequence[WorkStatus]) -> dict[str, WorkStatus]:
    """The last attempt at each work, by its key without the number of the attempt."""
    return {base(attempt.key): attempt for attempt in attempts}


def failure_of(name: str, message: str, code: object, data: object) -> Failure:
    """The reason that a worker kept: a refusal word for word, or that the work broke off."""
    if isinstance(data, Mapping) and "says" in data:
        problems = tuple(Problem(where, says, read_facts(facts)) for where, says, facts in data["problems"])
        return Failure(str(code), str(data["says"]), read_facts(data["facts"]), problems)
    return Failure(
        code="work_broke_off",
        says="The work broke off with a fault that nobody foresaw ({name}); the worker's log says more.",
        facts={"name": name, "message": message},
    )


def _status(row: sa.Row[tuple[object, ...]]) -> WorkStatus:
    facts = row._mapping
    created = _instant(facts["created"])
    given = json.loads(facts["inputs"]).get("namedArgs", {}) if facts["inputs"] else {}
    kept = json.loads(facts["error"]) if facts["error"] else None
    failed = facts["state"] in FAILED
    failure = None
    if failed:
        told = kept or {"name": facts["state"], "message": ""}
        failure = failure_of(told["name"], told["message"], told.get("code"), told.get("data"))
    return WorkStatus(
        key=facts["key"],
        job=facts["job"],
        state=facts["state"],
        asked_at=datetime.fromisoformat(given["at"]) if "at" in given else created,
        changed_at=_instant(facts["changed"]),
        steps=tuple(facts["steps"] or ()),
        failure=failure,
    )


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
