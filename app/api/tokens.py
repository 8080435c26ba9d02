"""Tokens for scripts."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.schemas import REFUSALS, Body, Out
from app.deps import ApiActor, Now, TxDep
from kernel.identity import actions, queries

router = APIRouter(prefix="/api/v1/tokens", tags=["tokens"], responses=REFUSALS)


class TokenIn(Body):
    """What the token is for and how long it lives; name and password when no session is there yet."""

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


@router.post("", status_code=201)
def issue(body: TokenIn, tx: TxDep, actor: ApiActor, now: Now) -> NewToken:
    """Make a token for one's own scripts. It can do what its owner can, and no more."""
    token, secret = actions.issue_token(tx, actor, label=body.label, life=timedelta(days=body.days), now=now)
    return NewToken(
        id=token.key,
        label=token.label,
        recorded_at=token.recorded_at,
        expires_at=token.expires_at,
        revoked_at=None,
        secret=secret,
    )


@router.get("")
def listed(tx: TxDep, actor: ApiActor) -> list[TokenOut]:
    """One's own tokens."""
    return [TokenOut.model_validate(sheet) for sheet in queries.tokens(tx, user_id=actor.user_id or 0)]


@router.delete("/{token_id}", status_code=204)
def revoke(token_id: int, tx: TxDep, actor: ApiActor, now: Now) -> None:
    """End a token at once."""
    actions.revoke_token(tx, actor, token_id=token_id, now=now)
