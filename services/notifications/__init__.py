"""Notifications: what people say on documents, the files they attach, and how they are told what happened.

Owns: comments and notes of phone agreements; the description of attached files (their bytes are in the file
store); the in-app feed; e-mails and what became of them.

Events in: from accounts, who can be reached where and which mails it asks for; from orders and invoicing,
every fact of a document, for its participants and for the feed and the mails that tell of it; its own
`comment-posted`, `file-attached` and `delivery-failed`, which are told like any other fact.

Events out: `comment-posted`, `file-attached`, `file-removed`, `delivery-failed`.

Two processes: the service (`python -m services.chassis.run notifications`) decides what is mailed to whom,
exactly once; the mailer (`python -m services.notifications.mailer`) hands the mails to a mail server.
"""
