"""One-time links in mails: their tokens are made from the link's id when needed, and kept nowhere.

A token is the id of a link, signed with COUNTERPART_SECRET_KEY and bound to the link's purpose. The
owner of the link (accounts) keeps a row for each id: for whom, until when, whether used. So events,
journals and backups name links without containing what opens an account; only the mail does.
Which link has expired or was used is the owner's decision, not the signature's.
"""

from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer


class Links:
    """Makes and reads the tokens of one-time links."""

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key

    def _signer(self, purpose: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._secret_key, salt=f"counterpart/{purpose}")

    def token(self, purpose: str, link_id: UUID) -> str:
        """The token of a link."""
        return str(self._signer(purpose).dumps(link_id.hex))

    def url(self, public_url: str, purpose: str, link_id: UUID) -> str:
        """The address to mail. The token stands behind `#`, so no server or proxy ever logs it."""
        return f"{public_url.rstrip('/')}/links/{purpose}#{self.token(purpose, link_id)}"

    def read(self, purpose: str, token: str) -> UUID | None:
        """The id in a token made for `purpose`; None if it was not made by us for that."""
        try:
            return UUID(hex=self._signer(purpose).loads(token))
        except (BadData, ValueError, TypeError, AttributeError):
            return None
