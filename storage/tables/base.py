"""The declarative base and what every table shares."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from sqlalchemy import MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column

from storage.types import BigId, Duration, Instant, Json, Money

Key = Annotated[int, mapped_column(BigId, primary_key=True, autoincrement=True)]
Name = Annotated[str, mapped_column(String(200))]
Word = Annotated[str, mapped_column(String(64))]
"""A short fixed term: a state, a kind, a platform."""


class Table(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        Decimal: Money,
        timedelta: Duration,
        dict[str, Any]: Json,
        list[Any]: Json,
        str: Text,
        int: BigId,
    }
