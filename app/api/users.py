"""Users and their roles, for the administrator."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from app.api.schemas import LIMIT, REFUSALS, After, Body, Limit, Out, PageOut, example
from app.deps import ApiActor, LanguageDep, Now, TxDep
from app.errors import problem_json
from app.security import SESSION_COOKIE
from kernel.identity import actions, queries
from kernel.identity.actions import SignInRefused
from kernel.identity.passwords import ONE_TIME_LIFE, change_password, reset_password
from kernel.identity.rules import Role
from kernel.identity.secrets import new_words

router = APIRouter(prefix="/api/v1", tags=["users"], responses=REFUSALS)


class UserIn(Body):
    """A new user; roles are granted afterwards. Without a password a one-time one is made and told in the answer."""

    login: Annotated[str, Field(min_length=2, max_length=64, examples=["wang.lin@example.org"])]
    name: Annotated[str, Field(min_length=1, max_length=80, examples=["王琳"])]
    password: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    language: Annotated[str, Field(pattern="^(zh_CN|en)$")] = "zh_CN"
    party_id: int | None = None


class GrantIn(Body):
    """A role, for one partner where it is a partner's."""

    model_config = example(role="lp_user", partner_id=2)

    role: Role
    partner_id: int | None = None


class UserOut(Out):
    """A user with the roles held now."""

    id: int
    login: str
    name: str
    language: str
    party_id: int | None
    is_active: bool
    roles: list[Role]
    partner_ids: list[int]


class NewUser(UserOut):
    """A user with the one-time password, told this once; null where the request chose the password."""

    one_time_password: str | None


class OneTime(Out):
    """A one-time password, told this once: within a week it lets its owner in, only to choose another."""

    one_time_password: str


class PasswordIn(Body):
    """One's own present password and the one to take its place."""

    current: Annotated[str, Field(min_length=1, max_length=200, examples=["the present words"])]
    password: Annotated[str, Field(min_length=1, max_length=200, examples=["a longer sentence of one's own"])]


@router.get("/users")
def listed(tx: TxDep, actor: ApiActor, after: After = None, limit: Limit = LIMIT) -> PageOut[UserOut]:
    """Everybody who may sign in, with the roles they hold now."""
    actor.require(Role.ADMINISTRATOR, Role.AUDITOR)
    page = queries.users(tx, after=after, limit=limit)
    return PageOut(items=[UserOut.model_validate(sheet) for sheet in page.items], next=page.next)


@router.post("/users", status_code=201)
def create(body: UserIn, tx: TxDep, actor: ApiActor, now: Now) -> NewUser:
    """Add a user without any role yet."""
    words = None if body.password else new_words(without=body.login)
    given = body.model_dump() | {"password": body.password or words}
    until = now + ONE_TIME_LIFE if words else None
    user = actions.create_user(tx, actor, **given, one_time_until=until, now=now)
    sheet = UserOut.model_validate(queries.user_sheet(tx, user_id=user.key))
    return NewUser(**sheet.model_dump(), one_time_password=words)


@router.post("/users/{user_id}/roles", status_code=201)
def give(user_id: int, body: GrantIn, tx: TxDep, actor: ApiActor, now: Now) -> UserOut:
    """Give a role; giving it twice changes nothing."""
    actions.grant(tx, actor, user_id=user_id, role=body.role, partner_id=body.partner_id, now=now)
    return UserOut.model_validate(queries.user_sheet(tx, user_id=user_id))


@router.delete("/users/{user_id}/roles/{role}")
def take(user_id: int, role: Role, tx: TxDep, actor: ApiActor, now: Now) -> UserOut:
    """Take a role away."""
    actions.end_grant(tx, actor, user_id=user_id, role=role, now=now)
    return UserOut.model_validate(queries.user_sheet(tx, user_id=user_id))


@router.post("/users/{user_id}/exclusion", status_code=201)
def shut_out(user_id: int, tx: TxDep, actor: ApiActor, now: Now) -> UserOut:
    """Shut a user out; every session and token ends at once."""
    actions.set_active(tx, actor, user_id=user_id, is_active=False, now=now)
    return UserOut.model_validate(queries.user_sheet(tx, user_id=user_id))


@router.delete("/users/{user_id}/exclusion")
def let_in(user_id: int, tx: TxDep, actor: ApiActor, now: Now) -> UserOut:
    """Let a user in again; sessions and tokens that ended stay ended."""
    actions.set_active(tx, actor, user_id=user_id, is_active=True, now=now)
    return UserOut.model_validate(queries.user_sheet(tx, user_id=user_id))


@router.post("/users/{user_id}/password", status_code=201)
def reset(user_id: int, tx: TxDep, actor: ApiActor, now: Now) -> OneTime:
    """Make a one-time password for somebody who has lost the own one; every session and token of theirs ends."""
    return OneTime(one_time_password=reset_password(tx, actor, user_id=user_id, now=now))


@router.post("/password", status_code=204, response_model=None)
def change(
    body: PasswordIn, request: Request, tx: TxDep, actor: ApiActor, now: Now, language: LanguageDep
) -> Response:
    """Choose another password for oneself; every session but the one that asks ends, tokens stay."""
    cookie = request.cookies.get(SESSION_COOKIE)
    given = {"current": body.current, "password": body.password}
    if change_password(tx, actor, **given, session=cookie, now=now) is None:
        # Answered, not raised: the note of the failure must be committed.
        return problem_json(SignInRefused(), language)
    return Response(status_code=204)
