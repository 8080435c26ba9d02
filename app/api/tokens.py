"""Tokens for scripts."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from app.api.schemas import LIMIT, REFUSALS, After, Body, Limit, Out, PageOut
from app.deps import ApiActor, LanguageDep, Now, TxDep, api_actor, token_secret
from app.errors import problem_json
from app.security import client_of
from kernel.db import introduce
from kernel.identity import actions, queries
from kernel.identity.actions import SignInRefused, recognise
from kernel.identity.rules import SYSTEM
from kernel.paging import sliced

router = APIRouter(prefix="/api/v1/tokens", tags=["tokens"], responses=REFUSALS)


class TokenIn(Body):
    """What the token is for and how long it lives; name and password where the request carries no token yet."""

    login: Annotated[str | None, Field(max_length=64, examples=["wang.lin@example.org"])] = None
    password: Annotated[str | None, Field(max_length=200)] = None
    label: Annotated[str, Field(min_length=1, max_length=80, examples=["Monday vote script"])]
    days: Annotated[int, Field(ge=1, le=366)] = 30


class TokenOut(Out):
    """A token without its secret."""

    id: int
    label: str
    recorded_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class NewToken(TokenOut):
    """A token with its secret, which is shown this once."""

    secret: str


@router.post("", status_code=201, response_model=NewToken)
def issue(
    body: TokenIn, request: Request, tx: TxDep, now: Now, language: LanguageDep
) -> NewToken | JSONResponse:
    """Make a token for one's own scripts, by name and password or by a token or session held already.

    It can do what its owner can, and no more; one made with another token ends with that one. The secret is shown
    this once.
    """
    if body.login is None:
        actor = api_actor(request, tx, now)
    else:
        introduce(tx, SYSTEM)
        user = recognise(
            tx, login=body.login, password=body.password or "", client=client_of(request), now=now
        )
        if user is None:  # answered, not raised: the note of the failure must be committed
            return problem_json(SignInRefused(), language)
        actor = queries.actor_of(tx, user=user)
        introduce(tx, actor)
    token, secret = actions.issue_token(
        tx,
        actor,
        label=body.label,
        life=timedelta(days=body.days),
        parent=token_secret(request) if body.login is None else None,
        now=now,
    )
    return NewToken(**TokenOut.model_validate(token).model_dump(), secret=secret)


@router.get("")
def listed(tx: TxDep, actor: ApiActor, after: After = None, limit: Limit = LIMIT) -> PageOut[TokenOut]:
    """One's own tokens."""
    found = queries.tokens(tx, user_id=actor.user_id or 0)
    page = sliced(found, lambda sheet: sheet.id, after=after, limit=limit)
    return PageOut(items=[TokenOut.model_validate(sheet) for sheet in page.items], next=page.next)


@router.delete("/{token_id}", status_code=204)
def revoke(token_id: int, tx: TxDep, actor: ApiActor, now: Now) -> None:
    """End a token at once."""
    actions.revoke_token(tx, actor, token_id=token_id, now=now)
