"""What a page's handler works with: a transaction, the person, the instant, the frame around the page."""

import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import count
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from app.deps import Now, PageSession, TxDep
from app.errors import status_of
from app.languages import COOKIE, Language, choose, half, label, say, translations
from app.lists.kinds import kinds_for
from app.pages.fields import Fields
from app.pages.frame import MACHINERY, PLACES, STAFF, Noun, capacity, nouns
from app.pages.problems import problem_page
from app.pages.rendering import page
from fund.charter.queries import FundSheet, funds
from fund.charter.rules import FundUnknown, NoFundYet
from fund.parties.queries import parties
from fund.partners.queries import funds_of
from kernel.db import Tx
from kernel.errors import Conflict, Invalid, Problem, Refusal
from kernel.idempotency.actions import Answer, recall, remember, request_hash
from kernel.identity.rules import Actor, Role

FUND_COOKIE = "afund_fund"


@dataclass(frozen=True)
class Desk:
    """One request for a page. `form`, `refusal` and `entered` say what was refused and is shown again."""

    request: Request
    tx: Tx
    actor: Actor
    now: datetime
    language: Language
    csrf: str
    fields: Fields
    form: str = ""
    refusal: Refusal | None = None
    entered: Mapping[str, str] = field(default_factory=dict)
    writing: dict[str, str] = field(default_factory=lambda: {"form": ""})
    numbers: Iterator[int] = field(default_factory=count)

    def show(self, template: str, **facts: object) -> HTMLResponse:
        """The page `template` about `facts`, inside the frame."""
        status = status_of(self.refusal).value if self.refusal else 200
        answer = HTMLResponse(page(self.language, template, desk=self, actor=self.actor, **facts), status)
        if self.query.raw("fund"):
            self.keep_fund(answer)
        return answer

    def keep_fund(self, answer: Response) -> None:
        """Go on with the fund of this page until another one is chosen."""
        secure = self.request.app.state.secure_cookies
        answer.set_cookie(FUND_COOKIE, self.fund.code, httponly=True, samesite="lax", secure=secure, path="/")

    def go(self, where: str, done: str = "") -> RedirectResponse:
        """Send the browser to another page, which says what was done."""
        joint = "&" if "?" in where else "?"
        return RedirectResponse(f"{where}{joint}{urlencode({'done': done})}" if done else where, 303)

    def refuse(self, refusal: Refusal) -> Response:
        """Answer with a refusal without undoing what this request has written down."""
        return problem_page(self.request, refusal, status_of(refusal), self.language)

    def act(
        self,
        form: str,
        act: Callable[[], object],
        *,
        then: str | Callable[[], str],
        done: str,
        again: Callable[["Desk"], Response],
    ) -> Response:
        """Do `act` once and go on to `then`; what it refuses as invalid or in conflict is shown in the form.

        The act runs inside a savepoint, so that a refusal leaves nothing behind. A form with a `key` field is
        acted on once, however often it is sent.
        """
        try:
            with self.tx.begin_nested():
                self._once(form, act)
        except (Conflict, Invalid) as refusal:
            return again(replace(self, form=form, refusal=refusal, entered=self.fields.typed()))
        return self.go(then if isinstance(then, str) else then(), done)

    def _once(self, form: str, act: Callable[[], object]) -> None:
        typed = self.fields.typed()
        key = typed.pop("key", "")
        typed.pop("csrf", "")
        if not key:
            act()
            return
        asked = request_hash(f"{self.request.url.path} {form}", typed)
        if recall(self.tx, self.actor, key=key, request_hash=asked) is None:
            act()
            answer = Answer(303, {})
            remember(self.tx, self.actor, key=key, request_hash=asked, answer=answer, now=self.now)

    @cached_property
    def query(self) -> Fields:
        """What the address asks for."""
        return Fields(self.request.query_params)

    def within(self, form: str) -> None:
        """From here on the template writes the fields of `form` ("" ends it)."""
        self.writing["form"] = form

    def unique(self, name: str) -> str:
        """An id that no other element of the page has."""
        return f"{name}-{next(self.numbers)}"

    def typed(self, name: str, otherwise: object) -> object:
        """What was typed into a field of the form that was refused, else what stands there."""
        return self.entered.get(name, otherwise) if self.writing["form"] in {"", self.form} else otherwise

    def problem(self, name: str) -> Problem | None:
        """What is wrong with a field of the form that was refused, if anything."""
        is_other = self.writing["form"] not in {"", self.form}
        problems = self.refusal.problems if self.refusal and not is_other else ()
        return next((problem for problem in problems if problem.where == name), None)

    def fresh_key(self) -> str:
        """A key under which a form is acted on once."""
        return secrets.token_urlsafe(12)

    @property
    def here(self) -> str:
        """The path and query of this page, to come back to."""
        query = self.request.url.query
        return self.request.url.path + (f"?{query}" if query else "")

    @property
    def filters(self) -> str:
        """The filters of this page as the query of an address, "" without any."""
        given = [(name, one) for name, one in self.request.query_params.multi_items() if one.strip()]
        kept = [(name, one) for name, one in given if name not in {"after", "sort", "done", "q"}]
        return f"?{urlencode(kept)}" if kept else ""

    @property
    def done(self) -> str:
        """The code of what was just done."""
        return self.request.query_params.get("done", "")

    @property
    def sought(self) -> str:
        """What stands in the search field."""
        return self.request.query_params.get("q", "")

    @cached_property
    def funds(self) -> tuple[FundSheet, ...]:
        """The funds that the person may choose from, examples last; a partner's people have their own."""
        known = sorted(funds(self.tx), key=lambda one: (one.is_example, one.code))
        if not self.actor.has(Role.LP_USER):
            return tuple(known)
        own = funds_of(self.tx, partner_ids=self.actor.partner_ids)
        return tuple(one for one in known if one.id in own or self.sees_fund)

    @cached_property
    def fund(self) -> FundSheet:
        """The fund that this page is about: named in the form or the address, else the one chosen last."""
        if not self.funds:
            raise NoFundYet(count=0)
        by_code = {one.code: one for one in self.funds}
        named = (self.fields.raw("fund") or self.query.raw("fund")).upper()
        if named and named not in by_code:
            raise FundUnknown(code=named)
        kept = self.request.cookies.get(FUND_COOKIE, "")
        return by_code.get(named or kept, self.funds[0])

    @property
    def maybe_fund(self) -> FundSheet | None:
        """The same, or None while there is no fund."""
        return self.fund if self.funds else None

    @property
    def fund_name(self) -> str:
        """The fund's name in the language of the page; the product's while there is no fund."""
        if self.maybe_fund is None:
            return self.say("Achievement transformation fund")
        return self.name(self.fund.name_zh, self.fund.name_en)

    @property
    def fund_name_short(self) -> str:
        """The same without its legal form, where room is short."""
        return self.fund_name.removesuffix("（有限合伙）")

    @property
    def sees_fund(self) -> bool:
        """Whether the person sees the whole fund, not just the own partner's part of it."""
        return self.actor.has(*STAFF)

    @property
    def is_example(self) -> bool:
        """Whether the fund is the invented one."""
        return bool(self.maybe_fund and self.fund.is_example)

    def name(self, name_zh: str, name_en: str) -> str:
        """The one of two names that goes with the language of the page, the other where it is missing."""
        first, second = (name_zh, name_en) if self.language is Language.ZH else (name_en, name_zh)
        return first or second

    @property
    def comma(self) -> str:
        """What stands between the items of a list within a sentence."""
        return "、" if self.language is Language.ZH else ", "

    def half(self, text: str) -> str:
        """The half of a text written in both languages that goes with the page."""
        return half(self.language, text)

    def label(self, value: str, kind: str = "") -> str:
        """The word for an enumeration's value."""
        return label(self.language, value, kind)

    def say(self, says: str, **facts: object) -> str:
        """A sentence of the catalogue."""
        return say(self.language, says, facts)

    @property
    def nouns(self) -> tuple[Noun, ...]:
        """The navigation."""
        return nouns(PLACES, self.actor, translations(self.language), self.request.url.path, {})

    @property
    def machinery(self) -> tuple[Noun, ...]:
        """The navigation's lower part."""
        return nouns(MACHINERY, self.actor, translations(self.language), self.request.url.path, {})

    @property
    def may_import(self) -> bool:
        """Whether there is any list that this person may bring in."""
        return bool(kinds_for(self.actor))

    @property
    def capacity(self) -> str:
        """As whom this person acts, in a word or two."""
        role = capacity(self.actor)
        words = label(self.language, role) if role else ""
        return " · ".join(filter(None, (words, self.acting_for)))

    @cached_property
    def acting_for(self) -> str:
        """The organisation this person acts for, if any."""
        if self.actor.party_id is None:
            return ""
        found = parties(self.tx, party_ids=[self.actor.party_id]).values()
        return next((self.name(one.name_zh, one.name_en) for one in found), "")

    @property
    def headers(self) -> Markup:
        """The CSRF secret for requests that scripts send."""
        return Markup('{{"x-csrf-token": "{}"}}').format(self.csrf)


async def typed_fields(request: Request) -> AsyncIterator[Fields]:
    """The form of a changing request, its files closed at the end; nothing for a reading one."""
    if request.method != "POST":
        yield Fields({})
        return
    async with request.form() as form:
        yield Fields(form)


def desk(
    request: Request,
    tx: TxDep,
    found: PageSession,
    now: Now,
    fields: Annotated[Fields, Depends(typed_fields)],
) -> Desk:
    """The desk of this request."""
    language = choose(
        cookie=request.cookies.get(COOKIE),
        preference=found.language,
        accepts=request.headers.get("accept-language", ""),
    )
    return Desk(request, tx, found.actor, now, language, found.csrf, fields)


DeskDep = Annotated[Desk, Depends(desk)]
