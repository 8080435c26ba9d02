"""Is it alive, is it ready, and how is it doing."""

import hmac
from ipaddress import ip_address

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from sqlalchemy import text

from app.deps import Now, TxDep, database, token_secret
from app.metrics import take_stock
from kernel.beats.queries import somebody_works
from kernel.errors import Forbidden, Unavailable
from kernel.identity.rules import SYSTEM

router = APIRouter(tags=["health"])


class NotReady(Unavailable):
    code = "not_ready"
    says = "No worker has said for three minutes that it works; start `afund serve` or `afund worker`."


class MetricsClosed(Forbidden):
    code = "metrics_closed"
    says = "Counters are told to this machine alone, or to who brings the token that the operator set."


class Health(BaseModel):
    """Alive, or ready."""

    status: str = "ok"


@router.get("/healthz")
def alive() -> Health:
    """Whether the process answers at all."""
    return Health()


@router.get("/readyz")
def ready(tx: TxDep, now: Now) -> Health:
    """Whether the database answers and a worker, here or elsewhere, takes up work."""
    tx.execute(text("SELECT 1"))
    if not somebody_works(tx, now=now):
        raise NotReady
    return Health()


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> Response:
    """Counters in Prometheus' text format; no name of a person or a partner is in them."""
    if not may_count(request):
        raise MetricsClosed
    with database(request).transaction(SYSTEM) as tx:
        take_stock(tx)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def may_count(request: Request) -> bool:
    """With a token set, whoever brings it; without one, this machine asking directly and not through a proxy."""
    expected: str | None = request.app.state.metrics_token
    if expected:
        return hmac.compare_digest((token_secret(request) or "").encode(), expected.encode())
    if request.client is None or {"forwarded", "x-forwarded-for"} & set(request.headers):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
