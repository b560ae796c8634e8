"""Organisations, users and their roles, sessions, partnerships, API keys."""
