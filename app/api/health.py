"""Is it alive, is it ready, and how is it doing."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from sqlalchemy import text

from app.deps import TxDep
from kernel.errors import Unavailable
from kernel.work import is_working

router = APIRouter(tags=["health"])


class NotReady(Unavailable):
    code = "not_ready"
    says = "No worker is running in or beside this process."


class Health(BaseModel):
    """Alive, or ready."""

    status: str = "ok"


@router.get("/healthz")
def alive() -> Health:
    """Whether the process answers at all."""
    return Health()


@router.get("/readyz")
def ready(request: Request, tx: TxDep) -> Health:
    """Whether the database answers and a worker takes up work."""
    tx.execute(text("SELECT 1"))
    if request.app.state.embedded_worker and not is_working():
        raise NotReady
    return Health()


@router.get("/metrics", include_in_schema=False)
def metrics() -> Response:
    """Counters in Prometheus' text format; no name of a person or a partner is in them."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
