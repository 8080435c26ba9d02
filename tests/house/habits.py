"""The rules of the house that only a look at the syntax tree can hold. Each yields plain complaints."""

import ast
import re
from collections.abc import Callable, Iterator

from tests.house.tree import Source

LONGEST_FILE = 300
LONGEST_FUNCTION = 50

# Where amounts are computed: no float may come near.
MONEY_CODE = (
    "kernel/money.py",
    "kernel/allocation.py",
    "fund/charter/",
    "fund/partners/",
    "fund/ledger/",
    "fund/capital/",
    "fund/holdings/",
    "fund/fees/",
    "pipeline/closing/",
)
VAGUE_NAMES = frozenset(
    {"service", "services", "utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}
)
# What a room may contain besides actions.
NOT_ACTIONS = frozenset({"__init__.py", "rules.py", "models.py", "queries.py", "jobs.py"})
# Facts of refusals that are amounts, and those that are shares.
AMOUNTS = frozenset(
    {"amount", "called", "cash", "explained", "lacking", "movement"}
    | {"outstanding", "owed", "own", "paid", "payable", "received"}
)
SHARES = frozenset({"carry", "catch_up", "least", "maximum", "most", "rate", "share", "tolerance"})
SILENCERS = re.compile(r"#\s*(type:\s*ignore|noqa|pragma:\s*no cover|TODO|FIXME|XXX)", re.IGNORECASE)

Habit = Callable[[Source], Iterator[str]]


def commits_only_at_the_edge(source: Source) -> Iterator[str]:
    """Nobody but kernel/db.py commits."""
    for node in ast.walk(source.tree):
        is_commit = (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
        )
        if is_commit and source.path != "kernel/db.py":
            yield f"{source.path}:{node.lineno} commits; only kernel/db.py may"


def no_float_near_money(source: Source) -> Iterator[str]:
    """Money code names no float and writes no decimal literal."""
    if not source.path.startswith(MONEY_CODE):
        return
    for node in ast.walk(source.tree):
        named = isinstance(node, ast.Name) and node.id == "float"
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        if named or literal:
            yield f"{source.path}:{node.lineno} has a float in money code"


def small_files(source: Source) -> Iterator[str]:
    """A file is read in one sitting."""
    lines = source.text.count("\n")
    if lines > LONGEST_FILE:
        yield f"{source.path} has {lines} lines; {LONGEST_FILE} at most"


def small_functions(source: Source) -> Iterator[str]:
    """A function is seen at a glance."""
    for node in source.functions():
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > LONGEST_FUNCTION:
            yield f"{source.path}:{node.lineno} {node.name} has {length} lines; {LONGEST_FUNCTION} at most"


def imports_at_the_top(source: Source) -> Iterator[str]:
    """No import inside a function: a circle hidden there is still a circle."""
    for function in source.functions():
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"{source.path}:{node.lineno} imports inside {function.name}"


def plain_names(source: Source) -> Iterator[str]:
    """A module is named by what it says, and rows stay flat."""
    if source.name.removesuffix(".py") in VAGUE_NAMES:
        yield f"{source.path} has a name that says nothing"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name) and node.id == "Relationship":
            yield f"{source.path}:{node.lineno} uses Relationship; refer by key"


def nothing_silenced(source: Source) -> Iterator[str]:
    """No checker is silenced, nothing is left for later, no surprise is swallowed."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if SILENCERS.search(line):
            yield f"{source.path}:{number} silences a checker or leaves work behind"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            kinds = [node.type] if not isinstance(node.type, ast.Tuple) else node.type.elts
            if any(
                kind is None or getattr(kind, "id", "") in {"Exception", "BaseException"} for kind in kinds
            ):
                yield f"{source.path}:{node.lineno} catches everything"
        if isinstance(node, ast.Name | ast.Attribute) and "NotImplementedError" in ast.dump(node):
            yield f"{source.path}:{node.lineno} is not implemented"


def actions_are_told(source: Source) -> Iterator[str]:
    """An action is (tx, actor, *, ..., now); a query is (tx, *, ...); nobody has a default that means now."""
    if not _is_in_room(source):
        return
    for node in source.tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        places = [argument.arg for argument in node.args.args]
        where = f"{source.path}:{node.lineno} {node.name}"
        if places[:1] == ["tx"] and places not in (["tx"], ["tx", "actor"]):
            yield f"{where} takes {', '.join(places)} by place; after tx, actor everything is by name"
        named = {
            argument.arg: default
            for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        }
        if source.name == "actions.py" and "actor" in places and "now" not in named:
            yield f"{where} is an action and must be told now"
        if named.get("now") is not None:
            yield f"{where} has a default for now"


def _is_in_room(source: Source) -> bool:
    floor = source.path.split("/")[0]
    is_room = floor in {"fund", "pipeline", "lp_reports"} or source.path.startswith(
        ("kernel/audit", "kernel/identity")
    )
    return is_room and (source.name not in NOT_ACTIONS or source.name == "queries.py")


def facts_as_people_read_them(source: Source) -> Iterator[str]:
    """A refusal tells amounts and shares as they are printed: 1,234.56 and 120 %, not 123456 and 6/5."""
    for name, value in _facts(source.tree):
        called = ast.unparse(value.func) if isinstance(value, ast.Call) else ""
        is_raw_amount = name in AMOUNTS and called != "format_amount" and not isinstance(value, ast.Constant)
        if is_raw_amount or (name in SHARES and called == "str"):
            yield f"{source.path}:{value.lineno} tells {name} as {ast.unparse(value)}"


def _facts(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """The facts of what is raised and of single problems, each by its name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            yield from ((one.arg, one.value) for one in node.exc.keywords if one.arg)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Problem":
            for given in node.args[2:]:
                if isinstance(given, ast.Dict):
                    named = zip(given.keys, given.values, strict=True)
                    yield from ((str(key.value), one) for key, one in named if isinstance(key, ast.Constant))


HABITS: tuple[Habit, ...] = (
    commits_only_at_the_edge,
    no_float_near_money,
    small_files,
    small_functions,
    imports_at_the_top,
    plain_names,
    nothing_silenced,
    actions_are_told,
    facts_as_people_read_them,
)
