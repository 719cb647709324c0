"""What goes wrong in the pure rules. Every text is written for the person who has to mend it."""

from __future__ import annotations


class RulesError(ValueError):
    """Base of the errors raised by `rules/`. Its text says what was wrong, with what, and what to do."""
