"""The form of the ILPA Performance Template in which a fund tells its performance, chosen once for life. Pure."""

from enum import StrEnum

from kernel.errors import Conflict


class TemplateForm(StrEnum):
    """Granular: calls are itemised, and gross is told on what was called for investments (MOIC). Gross-up: gross is
    told on all that was called, with fees, expenses and carry added back (TVPI).
    """

    GRANULAR = "granular"
    GROSS_UP = "gross_up"


class TemplateFormFixed(Conflict):
    code = "performance_form_fixed"
    says = "The fund tells its performance in the form {form}, chosen by {chosen_by}, for its whole life."


def check_free(*, chosen: TemplateForm | None, chosen_by: str) -> None:
    """Refuse a second choice, even of the same form: there is one, and it is on record."""
    if chosen is not None:
        raise TemplateFormFixed(form=chosen, chosen_by=chosen_by)


def check_same(*, asked: TemplateForm, chosen: TemplateForm | None, chosen_by: str) -> None:
    """Refuse figures in another form than the one chosen; before the choice both may be looked at."""
    if chosen is not None and asked is not chosen:
        raise TemplateFormFixed(form=chosen, chosen_by=chosen_by)
