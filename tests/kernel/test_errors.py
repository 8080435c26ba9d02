"""A refusal in English says an enumeration's value in words, and survives being kept as JSON."""

from enum import StrEnum

from kernel.errors import Conflict, Problem, Words, plain_facts, read_facts


class State(StrEnum):
    IN_USE = "in_use"
    PUT_AWAY = "put_away"


class NotNow(Conflict):
    code = "not_now"
    says = "{what} is {state}; it must be {needed}."


def test_values_of_enumerations_are_told_in_words() -> None:
    problem = Problem("item 2", "it is {state}", {"state": State.IN_USE})
    refusal = NotNow(what="saw_1", state=State.IN_USE, needed=Words(State), problems=[problem])
    assert refusal.sentence() == "saw_1 is in use; it must be in use / put away."
    assert str(problem) == "item 2: it is in use"
    assert read_facts(plain_facts(refusal.facts))["state"] == State.IN_USE
