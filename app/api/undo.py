"""What is asked of somebody who takes an act back, or sends or withdraws something with a reason."""

from datetime import date
from typing import Annotated

from pydantic import Field

from app.api.schemas import Body, example


class ReasonIn(Body):
    """Why."""

    model_config = example(reason="收款账户有误")

    reason: Annotated[str, Field(min_length=1, max_length=400)]


class UndoIn(Body):
    """Why, and from which day."""

    model_config = example(reason="入账错误", on="2026-09-30")

    reason: Annotated[str, Field(min_length=1, max_length=400)]
    on: date
