"""The rules of accounts, one file a concept. Pure: time, ids and randomness are arguments."""
