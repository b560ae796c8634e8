"""The address on a document: which one it is, for whom it was written, what it said; signed, and short enough to type.

Signed with COUNTERPART_SECRET_KEY for this purpose alone, like the links in mails; it opens nothing but the page
that tells what the document in hand says itself.
"""

import base64
import binascii
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from itsdangerous import BadSignature, Signer

from services.contracts.actors import ROLES_OF, OrganisationKind, Role
from services.contracts.invoicing import (
    commands,
    consolidation,
    credit_notes,
    payments,
    reconciliations,
    reports,
)
from services.contracts.orders.commands import GetOrder
from services.gateway.verifying.digests import DIGEST_BYTES

#: What is asked for each kind of document, and the field of its id. Only ever added to: a link holds the place.
QUESTIONS: tuple[tuple[str, type, str], ...] = (
    ("order", GetOrder, "order_id"),
    ("invoice", commands.GetInvoice, "invoice_id"),
    ("payment", payments.GetPayment, "payment_id"),
    ("credit-note", credit_notes.GetCreditNote, "credit_note_id"),
    ("consolidated-invoice", consolidation.GetConsolidatedInvoice, "consolidated_id"),
    ("tax-invoice", consolidation.GetConsolidatedInvoice, "consolidated_id"),
    ("reconciliation", reconciliations.GetReconciliation, "reconciliation_id"),
    ("balances", reports.ListBalances, "partner_id"),
    ("balances-by-order", reports.GetBalancesByOrder, "partner_id"),
    ("statement", reports.GetAccountStatement, "partner_id"),
    ("ageing", reports.GetAgeing, "partner_id"),
)
_PLACES = {kind: place for place, (kind, _, _) in enumerate(QUESTIONS)}
_KINDS = tuple(OrganisationKind)
_ROLES = tuple(Role)
_HEAD = struct.Struct(f">BBBH16s{DIGEST_BYTES}s")
_VERSION = 1
_NO_ID = UUID(int=0)

#: Longer than any link of ours; what is longer is not even looked at.
LONGEST = 400


class NotOurs(ValueError):
    """The link was not made here, or was changed."""


@dataclass(frozen=True)
class Sheet:
    """What a link says of the document in hand."""

    kind: str
    fields: Mapping[str, str]
    organisation_id: UUID
    organisation_kind: OrganisationKind
    roles: frozenset[Role]
    digest: bytes

    @property
    def question(self) -> type:
        """What is asked for it."""
        return QUESTIONS[_PLACES[self.kind]][1]


class SheetLinks:
    """Makes and reads the links of documents."""

    def __init__(self, secret_key: str, public_url: str) -> None:
        self._signer = Signer(secret_key, salt="counterpart/document")
        self._public_url = public_url.rstrip("/")

    def url(self, sheet: Sheet) -> str:
        """The address to print on it."""
        return f"{self._public_url}/v/{self.token(sheet)}"

    def token(self, sheet: Sheet) -> str:
        """The sheet as text, signed."""
        fields = dict(sheet.fields)
        id = UUID(fields.pop(QUESTIONS[_PLACES[sheet.kind]][2], str(_NO_ID)))
        head = _HEAD.pack(
            _VERSION,
            _PLACES[sheet.kind],
            _KINDS.index(sheet.organisation_kind),
            sum(1 << place for place, role in enumerate(_ROLES) if role in sheet.roles),
            sheet.organisation_id.bytes,
            sheet.digest,
        )
        rest = json.dumps(fields, separators=(",", ":")).encode() if fields else b""
        packed = base64.urlsafe_b64encode(head + id.bytes + rest).rstrip(b"=")
        return self._signer.sign(packed).decode()

    def read(self, token: str) -> Sheet:
        """The sheet of a token; raises NotOurs."""
        if len(token) > LONGEST:
            raise NotOurs
        try:
            packed = self._signer.unsign(token)
            whole = base64.urlsafe_b64decode(packed + b"=" * (-len(packed) % 4))
            version, place, kind, roles, organisation, digest = _HEAD.unpack_from(whole)
        except (BadSignature, binascii.Error, struct.error, ValueError):
            raise NotOurs from None
        if version != _VERSION:
            raise NotOurs
        name, _, id_field = QUESTIONS[place]
        id = UUID(bytes=whole[_HEAD.size : _HEAD.size + 16])
        rest = whole[_HEAD.size + 16 :]
        fields: dict[str, Any] = json.loads(rest) if rest else {}
        if id != _NO_ID:
            fields[id_field] = str(id)
        return Sheet(
            kind=name,
            fields=fields,
            organisation_id=UUID(bytes=organisation),
            organisation_kind=_KINDS[kind],
            roles=frozenset(role for at, role in enumerate(_ROLES) if roles >> at & 1)
            & ROLES_OF[_KINDS[kind]],
            digest=digest,
        )
