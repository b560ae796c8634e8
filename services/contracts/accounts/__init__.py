"""What accounts speaks: organisations, users and their roles, sessions, partnerships, API keys."""
