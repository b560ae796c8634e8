"""Comments, attached files, the in-app feed, failed e-mails."""
