"""SQL that SQLite and PostgreSQL write differently, for facts: seconds, text positions, exact numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, SQLColumnExpression, case, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class epoch(FunctionElement[int]):  # noqa: N801 - reads as the SQL function it is
    """Whole seconds since 1970 of an instant; parts of a second are dropped."""

    type = BigInteger()
    inherit_cache = True


class position(FunctionElement[int]):  # noqa: N801 - as above
    """Where the second text begins in the first, from 1; 0 when it is not in it. Capitals count."""

    type = Integer()
    inherit_cache = True


class exact(FunctionElement[int]):  # noqa: N801 - as above
    """An integer that may be multiplied without overflow: numeric on PostgreSQL, as it is on SQLite."""

    type = BigInteger()
    inherit_cache = True


@compiles(epoch, "sqlite")
def _sqlite_epoch(element: epoch, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(epoch, "postgresql")
def _postgres_epoch(element: epoch, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(floor(extract(epoch from {compiler.process(element.clauses, **options)})) AS BIGINT)"


@compiles(position, "sqlite")
def _sqlite_position(element: position, compiler: SQLCompiler, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


@compiles(position, "postgresql")
def _postgres_position(element: position, compiler: SQLCompiler, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"


@compiles(exact, "sqlite")
def _sqlite_exact(element: exact, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)})"


@compiles(exact, "postgresql")
def _postgres_exact(element: exact, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS NUMERIC)"


def whole(number: int) -> ColumnElement[int]:
    """An integer of ours written into the statement, so that the database gives it the width it needs."""
    return literal_column(str(number), BigInteger())


def elapsed(now: datetime, since: SQLColumnExpression[Any]) -> ColumnElement[int]:
    """Whole seconds of wall time from an instant to now."""
    return whole(int(now.timestamp())) - epoch(since)


def later(first: SQLColumnExpression[Any], second: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    """The later of an instant and one that may be missing."""
    return case((second > first, second), else_=first)


def spelled(column: SQLColumnExpression[Any], words: dict[str, str]) -> ColumnElement[str]:
    """A stored code as the word people read; `words` maps the word to the code."""
    return case({code: word for word, code in words.items()}, value=column, else_=column)
