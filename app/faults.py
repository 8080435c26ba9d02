"""What is wrong with a field of a request, in plain words by the kind of fault that the framework finds.

The framework's own sentences name its types and stay in English; a kind that is not listed keeps them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from kernel.errors import Problem


def _n(says: str) -> str:
    return says


_TEXT = _n("expected a text")
_WHOLE = _n("expected a whole number, as in 12")
_DAY = _n("expected a day, as in 2026-09-30")
_INSTANT = _n("expected an instant, as in 2026-09-30T08:00:00Z")
_YES_NO = _n("expected true or false")
_CHOICE = _n("expected one of: {expected}")
_OBJECT = _n("expected an object with named fields")
SAYS: Mapping[str, str] = {
    "missing": _n("this is needed"),
    "extra_forbidden": _n("there is no such field here"),
    "base64_decode": _n("this is not valid Base64"),
    "json_invalid": _n("this is not valid JSON"),
    "string_type": _TEXT,
    "string_pattern_mismatch": _n("this is not of the form expected here, {pattern}"),
    "string_too_short": _n("expected at least {min_length} characters"),
    "string_too_long": _n("expected at most {max_length} characters"),
    "too_short": _n("expected at least {min_length} entries"),
    "too_long": _n("expected at most {max_length} entries"),
    "is_instance_of": _n("expected an exact number as a text, as in “0.08” or “2/3”"),
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_type": _YES_NO,
    "bool_parsing": _YES_NO,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "datetime_type": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
    "list_type": _n("expected a list"),
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "greater_than": _n("expected more than {gt}"),
    "greater_than_equal": _n("expected {ge} or more"),
    "less_than": _n("expected less than {lt}"),
    "less_than_equal": _n("expected {le} or less"),
}


def validation_problems(errors: Sequence[Any]) -> list[Problem]:
    """The framework's complaints as problems: which field, what was expected."""
    found = []
    for error in errors:
        place = ".".join(str(part) for part in error["loc"] if part not in {"body", "query", "path"})
        says, facts = SAYS.get(error["type"], "{message}"), error.get("ctx", {})
        found.append(Problem(place or "body", says, {"message": error["msg"], **facts}))
    return found
