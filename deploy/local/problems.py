"""The one exception the launcher shows to a person."""


class Problem(Exception):
    """Something a person can put right; the message is one sentence that says what to do."""
