"""Counterpart: the services of a two-sided trade portal, and what they share."""
