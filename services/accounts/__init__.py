"""accounts: who takes part, who may act for them, and on which terms they trade.

Owns organisations, users and their memberships, invitations, sessions, partnerships, API keys.
Announces what `services.contracts.accounts.events` declares; listens to nobody.
"""
