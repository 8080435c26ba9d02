"""Side letters: what each partner was promised beside the charter, its versions, and what others may elect."""

from datetime import date
from fractions import Fraction

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.formats import percent
from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.keys import key_words
from app.pages.terms_form import IN_WORDS
from app.pages.who import holding_names, partner_names
from fund.charter.queries import terms
from fund.charter.rules import Dimension, Language
from fund.holdings.calling import entitled_to
from fund.partners.queries import partner_by_code, partners
from fund.side_letters import actions, elections
from fund.side_letters.queries import in_force, letters, written_letters
from fund.side_letters.rules import NOTHING, Clause, Excuse, LetterTerms, Offer, Promise
from fund.side_letters.withdrawals import withdraw_letter
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing

router = APIRouter(include_in_schema=False, prefix="/fund/letters")
HOME = "/fund/letters"
SPARE, MOST = 2, 50
WORDS = ("heading_zh", "heading_en", "text_zh", "text_en")


@router.get("")
def listed(desk: DeskDep) -> HTMLResponse:
    """Every partner with its letter, and what may be elected."""
    return letters_page(desk)


def letters_page(desk: Desk) -> HTMLResponse:
    """Whoever keeps the fund sees every letter; what may be elected is the manager's."""
    desk.actor.require(*STAFF)
    fund_id, today = desk.fund.id, day_in_beijing(desk.now)
    found = letters(desk.tx, fund_id=fund_id, actor=desk.actor)
    everyone = partners(desk.tx, fund_id=fund_id)
    may_write = desk.actor.has(Role.MANAGER)
    return desk.show(
        "fund/letters.html",
        rows=[(one, in_force(found, partner_id=one.id, as_of=today)) for one in everyone],
        charter=terms(desk.tx, fund_id=fund_id, as_of=today),
        better=elections.better(desk.tx, fund_id=fund_id, as_of=today) if may_write else [],
        told=lambda letter, offer: told(desk, letter.terms, offer),
        names=partner_names(desk),
        codes={one.id: one.code for one in everyone},
        today=today,
        may_write=may_write,
    )


@router.post("/elect")
def elect(desk: DeskDep) -> Response:
    """Record an election."""

    def act() -> None:
        fields = desk.fields
        code, letter_id = fields.text("partner"), fields.whole("letter_id")
        offer = Offer(fields.choice("promise", Promise), fields.raw("offer"))
        effective_on, note = fields.day("effective_on"), fields.text("note")
        fields.check()
        whose = partner_by_code(desk.tx, fund_id=desk.fund.id, code=code, actor=desk.actor)
        elections.elect(
            desk.tx,
            desk.actor,
            partner_id=whose.id,
            from_letter_id=letter_id,
            offer=offer,
            effective_on=effective_on,
            note=note,
            now=desk.now,
        )

    form = f"elect-{desk.fields.raw('row')}"
    return desk.act(form, act, then=HOME, done="letter.elected", again=letters_page)


@router.get("/{code}")
def letter(desk: DeskDep, code: str) -> HTMLResponse:
    """One partner's letter."""
    return letter_page(desk, code)


def letter_page(desk: Desk, code: str) -> HTMLResponse:
    """What holds, every version, and the form that writes the next one."""
    desk.actor.require(*STAFF)
    whose = partner_by_code(desk.tx, fund_id=desk.fund.id, code=code, actor=desk.actor)
    written = written_letters(desk.tx, fund_id=desk.fund.id, partner_id=whose.id, actor=desk.actor)
    found, today = [one for one in written if one.withdrawn is None], day_in_beijing(desk.now)
    holding, latest = in_force(found, partner_id=whose.id, as_of=today), found[-1] if found else None
    said = latest.terms if latest else NOTHING
    excuses = [(one.dimension.value, one.key) for one in said.excuses]
    return desk.show(
        "fund/letter.html",
        whose=whose,
        holding=holding,
        found=written[::-1],
        latest=latest,
        said=said,
        charter=terms(desk.tx, fund_id=desk.fund.id, as_of=today),
        excuse=lambda one: excuse_words(desk, one),
        reads=lambda one: desk.say(IN_WORDS[one]),
        typed=typed(said),
        excuse_rows=[*excuses, *[("", "")] * SPARE],
        clause_rows=[*(vars(one) for one in said.clauses), *[dict.fromkeys(WORDS, "")] * SPARE],
        dimensions=[(one.value, desk.label(one)) for one in Dimension],
        languages=[(one.value, desk.say(IN_WORDS[one])) for one in Language],
        may_write=desk.actor.has(Role.MANAGER),
        may_withdraw=desk.actor.has(Role.MANAGER) and latest is not None and latest.effective_on > today,
        today=today,
    )


@router.post("/{code}/{version:int}/withdraw")
def withdraw(desk: DeskDep, code: str, version: int) -> Response:
    """Withdraw a version that does not hold yet."""

    def act() -> None:
        reason = desk.fields.text("reason")
        desk.fields.check()
        whose = partner_by_code(desk.tx, fund_id=desk.fund.id, code=code, actor=desk.actor)
        withdraw_letter(
            desk.tx, desk.actor, partner_id=whose.id, version=version, reason=reason, now=desk.now
        )

    def again(refused: Desk) -> HTMLResponse:
        return letter_page(refused, code)

    return desk.act("withdraw", act, then=f"{HOME}/{code}", done="terms.withdrawn", again=again)


@router.post("/{code}")
def write(desk: DeskDep, code: str) -> Response:
    """Write the next version."""

    def act() -> None:
        fields = desk.fields
        said, effective_on = letter_from(desk), fields.day("effective_on")
        note, read = fields.text("note"), fields.whole("version")
        fields.check()
        whose = partner_by_code(desk.tx, fund_id=desk.fund.id, code=code, actor=desk.actor)
        actions.write_letter(
            desk.tx,
            desk.actor,
            partner_id=whose.id,
            terms=said,
            effective_on=effective_on,
            document=fields.raw("document"),
            note=note,
            read=read,
            now=desk.now,
        )

    def again(refused: Desk) -> HTMLResponse:
        return letter_page(refused, code)

    return desk.act("letter", act, then=f"{HOME}/{code}", done="letter.written", again=again)


def letter_from(desk: Desk) -> LetterTerms:
    """The letter that a form promises; every fault is noted, an empty row is none."""
    fields, rows = desk.fields, range(1, MOST + SPARE + 1)
    excuses = [
        Excuse(fields.choice(f"dimension{row}", Dimension), fields.raw(f"key{row}"))
        for row in rows
        if fields.raw(f"dimension{row}")
    ]
    clauses = [Clause(*(fields.raw(f"{name}{row}") for name in WORDS)) for row in rows]
    return LetterTerms(
        fields.percent("fee_rate") if fields.raw("fee_rate") else None,
        fields.percent("basis_discount") if fields.raw("basis_discount") else Fraction(0),
        fields.ticked("has_mfn"),
        fields.maybe_choice("language", Language),
        tuple(excuses),
        tuple(one for one in clauses if any(vars(one).values())),
    )


def typed(said: LetterTerms) -> dict[str, str]:
    """The letter as it would be typed into the form."""
    rate = "" if said.fee_rate is None else _percent(said.fee_rate)
    return {"fee_rate": rate, "basis_discount": _percent(said.basis_discount)}


def _percent(share: Fraction) -> str:
    return percent(share, 4).rstrip("%").rstrip("0").rstrip(".")


def excuse_words(desk: Desk, one: Excuse) -> str:
    """A right to be excused in words."""
    return f"{desk.label(one.dimension)} {key_words(desk, one.dimension, one.key)}"


def told(desk: Desk, said: LetterTerms, offer: Offer) -> str:
    """What may be elected, in words."""
    words = desk.label(offer.promise)
    if offer.promise is Promise.FEE_RATE:
        own = desk.say("as the charter says") if said.fee_rate is None else percent(said.fee_rate, 2)
        return f"{words} {own}"
    if offer.promise is Promise.BASIS_DISCOUNT:
        return f"{words} {percent(said.basis_discount, 2)}"
    if offer.promise is Promise.EXCUSE:
        dimension, _, key = offer.key.partition(":")
        return f"{words}: {excuse_words(desk, Excuse(Dimension(dimension), key))}"
    clause = said.clauses[int(offer.key) - 1]
    return f"{words}: {desk.name(clause.heading_zh, clause.heading_en)}"


def entitled_names(desk: Desk, today: date) -> dict[int, list[str]]:
    """By partner, the holdings from which its side letter lets it be excused: what a draft proposes."""
    names = holding_names(desk)
    found = entitled_to(desk.tx, fund_id=desk.fund.id, on=today)
    return {key: [names[one] for one in ids if one in names] for key, ids in found.items()}
