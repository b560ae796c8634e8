"""The published language of notifications: comments, attached files, the in-app feed, failed e-mails."""
