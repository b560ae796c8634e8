"""How Counterpart is run: `deploy.local` on one machine for a person, the other folders in production."""
