"""Names of fields that are told in histories and refusals, and words of which rooms make the name of a place."""


def _field(name: str) -> str:
    return name


FIELDS = (
    _field("name"),
    _field("origin"),
    _field("round_name"),
    _field("party_id"),
    _field("reason"),
    _field("due_on"),
    _field("value"),
    _field("quantity"),
    _field("login"),
    _field("items"),
    _field("conditions"),
    _field("limits"),
    _field("partners"),
    _field("kind"),
    _field("effective_on"),
    _field("fee_rate"),
    _field("basis_discount"),
    _field("excuses"),
    _field("clauses"),
    _field("note"),
    _field("general"),
    _field("planned"),
    _field("growth"),
    _field("volatility"),
    _field("failure"),
    _field("exit"),
    _field("item"),
    _field("clause"),
    _field("limit"),
    _field("tier"),
    _field("specification"),
)
