"""What can go wrong on the way from sound and words to a draft."""

from __future__ import annotations


class TranscriptionError(Exception):
    """Something in this package could not be done; the message says what and what to do."""


class WeightsMissing(TranscriptionError):
    """The speech model is not in its folder and could not be fetched."""


class WeightsDamaged(TranscriptionError):
    """A file of the speech model does not have the published hash."""


class BadLexicon(TranscriptionError):
    """A cue file of config/lexicon cannot be read as it is."""


class BadCorpus(TranscriptionError):
    """A corpus file has a line that is not in the corpus format."""
