"""What callers of accounts see."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from services.contracts.actors import OrganisationKind, Role
from services.contracts.kinds import (
    CountryCode,
    CurrencyCode,
    Days,
    Email,
    Id,
    Instant,
    Name,
    Next,
    Percent,
    Sequence,
    UnitPrice,
)
from services.contracts.parties import Party, Person
from services.contracts.shapes import Example, Length, Pattern, shape

TaxNumber = Annotated[
    str, Length(1, 30), Pattern(r"\S(.*\S)?", "a tax number without blanks around it"), Example("DE136695976")
]
Phone = Annotated[
    str,
    Length(3, 40),
    Pattern(r"[+0-9 ()/.\-]+", "a telephone number, such as +380 44 123 4567"),
    Example("+380 44 123 4567"),
]
AddressPart = Annotated[str, Length(1, 200)]
Website = Annotated[
    str,
    Length(1, 200),
    Pattern(r"https?://\S+", "an address that starts with http:// or https://"),
    Example("https://example.com"),
]
Username = Annotated[
    str,
    Length(3, 64),
    Pattern(
        r"[A-Za-z0-9][A-Za-z0-9._\-]+",
        "letters, digits, dots, dashes and underscores, a letter or digit first",
    ),
    Example("anna.k"),
]
SignInName = Annotated[str, Length(1, 254), Example("anna@example.com")]
# At least 8 characters is a rule with a sentence of its own; the border only bounds the work (ASVS V6.2).
Password = Annotated[str, Length(1, 128), Example("a long and private sentence")]
Secret = Annotated[str, Length(1, 500)]
# Six digits of an authenticator app, or a recovery code.
OneTimeCode = Annotated[str, Length(1, 50), Example("492 039")]
SecretName = Annotated[Name, "What the key is for, in the words of its owner."]
Roles = Annotated[frozenset[Role], Length(1, 11)]


class ToleranceBase(StrEnum):
    """Which totals the tolerance compares (D-2)."""

    NET = "net"
    GROSS = "gross"


class LinkPurpose(StrEnum):
    """What a one-time link in a mail is for. A link for one purpose is worth nothing for another."""

    INVITATION = "invitation"
    ACTIVATION = "activation"
    PASSWORD_RESET = "password-reset"
    EMAIL_CONFIRMATION = "email-confirmation"


class MembershipStatus(StrEnum):
    """Whether a member may act for the organisation."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class InvitationStatus(StrEnum):
    """Where an invitation stands. An open one whose time is over can no longer be accepted."""

    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


class EmailStatus(StrEnum):
    """Whether mail goes to a notification address: only once its owner has confirmed it (S-008)."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"


@shape
class Done:
    """A command was carried out and has nothing further to tell."""

    at: Annotated[Instant, "When it was done."]


# ------------------------------------------------------------------------------------- organisations


@shape
class Address:
    """A postal address (EN 16931 BG-5, BG-8)."""

    street: Annotated[AddressPart, "Street and number (BT-35, BT-50)."]
    city: Annotated[AddressPart, "City (BT-37, BT-52)."]
    postal_code: Annotated[AddressPart | None, "Postal code (BT-38, BT-53)."] = None
    region: Annotated[AddressPart | None, "Region or state (BT-39, BT-54)."] = None


@shape
class ContactData:
    """How an organisation is reached (EN 16931 BG-6, BG-9)."""

    person: Annotated[Name | None, "Whom to ask for (BT-41, BT-56)."] = None
    email: Annotated[Email | None, "E-mail for correspondence (BT-43, BT-58)."] = None
    phone: Annotated[Phone | None, "Telephone (BT-42, BT-57)."] = None
    website: Annotated[Website | None, "Web site."] = None


@shape
class NotificationEmail:
    """An address to which news of the organisation's documents is mailed (S-008)."""

    email: Annotated[Email, "The address."]
    status: Annotated[EmailStatus, "Mail goes to it once it is confirmed."]


@shape
class Organisation:
    """An organisation as its own people and the operator see it (S-007, S-155)."""

    id: Annotated[Id, "The organisation."]
    sequence: Annotated[Sequence, "Counts its changes; the ETag of its profile."]
    kind: Annotated[OrganisationKind, "Customer, supplier or operator."]
    name: Annotated[Name, "Its name (BT-27, BT-44)."]
    country: Annotated[CountryCode, "Its country (BT-40, BT-55)."]
    tax_number: Annotated[TaxNumber | None, "Its tax number (BT-31, BT-48)."]
    address: Annotated[Address | None, "Its postal address."]
    contact: Annotated[ContactData, "How it is reached."]
    notification_emails: Annotated[tuple[NotificationEmail, ...], "Where news of its documents is mailed."]
    registered_at: Annotated[Instant, "When it was registered."]


@shape
class OrganisationPage:
    """A page of organisations, by name."""

    items: Annotated[tuple[Organisation, ...], "The organisations."]
    next: Next


@shape
class ContactCard:
    """What business partners see of each other (S-155)."""

    id: Annotated[Id, "The organisation."]
    kind: Annotated[OrganisationKind, "Customer, supplier or operator."]
    name: Annotated[Name, "Its name."]
    country: Annotated[CountryCode, "Its country."]
    tax_number: Annotated[TaxNumber | None, "Its tax number."]
    address: Annotated[Address | None, "Its postal address."]
    contact: Annotated[ContactData, "How it is reached."]


@shape
class SupplierEntry:
    """A supplier as any customer may find it: enough to choose and link it (S-122)."""

    id: Annotated[Id, "The supplier."]
    name: Annotated[Name, "Its name."]
    country: Annotated[CountryCode, "Its country."]
    tax_number: Annotated[TaxNumber | None, "Its tax number."]
    city: Annotated[AddressPart | None, "Its city."]


@shape
class SupplierEntryPage:
    """A page of the directory of suppliers, by name."""

    items: Annotated[tuple[SupplierEntry, ...], "The suppliers."]
    next: Next


# --------------------------------------------------------------------------------------------- users


@shape
class Contact:
    """A person and how to reach them."""

    id: Annotated[Id, "The user."]
    name: Annotated[Name, "Their name."]
    email: Annotated[Email | None, "Their e-mail."]
    phone: Annotated[Phone | None, "Their telephone."]


@shape
class Member:
    """A user of an organisation, with what they may do for it (S-009, S-010, S-150)."""

    user_id: Annotated[Id, "The user."]
    sequence: Annotated[Sequence, "Counts the changes of the user and their memberships; the ETag."]
    organisation_id: Annotated[Id, "The organisation they act for."]
    name: Annotated[Name, "Their name."]
    email: Annotated[Email | None, "Their e-mail; none for an account with a username only."]
    username: Annotated[Username | None, "Their username, if the account has one (S-153)."]
    phone: Annotated[Phone | None, "Their telephone."]
    roles: Annotated[Roles, "What they may do for the organisation."]
    status: Annotated[MembershipStatus, "Whether they may act now."]
    activated: Annotated[bool, "False until a username account has been activated through its link (D-7)."]
    since: Annotated[Instant, "Member since."]


@shape
class MemberPage:
    """A page of members, by name."""

    items: Annotated[tuple[Member, ...], "The members."]
    next: Next


@shape
class Standing:
    """One organisation a user acts for, and as what."""

    organisation: Annotated[Party, "The organisation."]
    kind: Annotated[OrganisationKind, "Customer, supplier or operator."]
    roles: Annotated[Roles, "What the user may do for it."]
    status: Annotated[MembershipStatus, "Only an active one lets the user act."]


@shape
class User:
    """A user with every organisation they act for; what a replica of contacts keeps."""

    id: Annotated[Id, "The user."]
    sequence: Annotated[Sequence, "Counts the changes of the user and their memberships."]
    name: Annotated[Name, "Their name."]
    email: Annotated[Email | None, "Their e-mail; none for an account with a username only."]
    username: Annotated[Username | None, "Their username, if the account has one."]
    phone: Annotated[Phone | None, "Their telephone."]
    standings: Annotated[tuple[Standing, ...], "The organisations they act for, active or not."]


@shape
class Invitation:
    """An invitation to act for an organisation (S-009). Its link goes by mail and works once."""

    id: Annotated[Id, "The invitation."]
    sequence: Annotated[Sequence, "Counts its changes."]
    organisation: Annotated[Party, "The organisation that invites."]
    email: Annotated[Email, "Where the link is mailed."]
    name: Annotated[Name, "Whom it is for."]
    roles: Annotated[Roles, "What the person will be able to do."]
    status: Annotated[InvitationStatus, "Open, accepted or withdrawn."]
    invited_by: Annotated[Person, "Who invited."]
    invited_at: Annotated[Instant, "When."]
    expires_at: Annotated[Instant, "Until when the link works."]


@shape
class InvitationPage:
    """A page of invitations, the newest first."""

    items: Annotated[tuple[Invitation, ...], "The invitations."]
    next: Next


@shape
class InvitationForm:
    """What the page behind an invitation or activation link shows before anything is accepted."""

    purpose: Annotated[LinkPurpose, "Invitation or activation."]
    organisation: Annotated[Party | None, "The organisation that invites; null for an activation."]
    name: Annotated[Name, "Whom it is for."]
    sign_in_name: Annotated[SignInName, "The e-mail or username to sign in with."]
    needs_password: Annotated[bool, "False if the person already has an account and keeps its password."]


@shape
class Link:
    """A one-time link, without its secret: the signed token is made from it when the mail is written.

    So no journal, queue, replica or dead letter ever holds what opens the account; see
    docs/decisions on one-time links, and `services.chassis.links`.
    """

    id: Annotated[Id, "The link."]
    purpose: Annotated[LinkPurpose, "What it is for."]
    expires_at: Annotated[Instant, "Until when it works."]


@shape
class HandoverLink:
    """An activation link to be handed over in person, for an account without e-mail (D-7)."""

    token: Annotated[Secret, "Opens the activation page, once. Shown to the administrator only."]
    expires_at: Annotated[Instant, "Until when it works."]


# ------------------------------------------------------------------------------------------ sessions


@shape
class Session:
    """Who is signed in, and for whom they may act. What the gateway needs for each request."""

    id: Annotated[Id, "The session."]
    user: Annotated[Person, "Who is signed in."]
    standings: Annotated[tuple[Standing, ...], "The organisations they may act for now, active ones only."]
    acting_for: Annotated[Id | None, "The organisation chosen in this session; one of `standings`."]
    must_change_password: Annotated[
        bool,
        "The password was set by somebody else: nothing but changing it is possible, `standings` is empty.",
    ]
    csrf_token: Annotated[Secret, "Must come back with every change that a browser sends."]
    signed_in_at: Annotated[Instant, "When the session began."]
    expires_at: Annotated[Instant, "When it ends without further use."]


@shape
class SignedIn:
    """A new session with its secrets: told once, stored only as a hash."""

    session_token: Annotated[Secret, "Belongs in the HttpOnly session cookie."]
    device_token: Annotated[
        Secret, "Belongs in a long-lived HttpOnly cookie: marks a device its owner has used, see SignIn."
    ]
    session: Annotated[Session, "The session."]


@shape
class SecondFactor:
    """Whether signing in asks for a second factor."""

    enabled: Annotated[bool, "Whether a code is asked for besides the password."]
    since: Annotated[Instant | None, "Since when."]
    recovery_codes_left: Annotated[int, "How many recovery codes can still be used."]


@shape
class SecondFactorSecret:
    """A secret for an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds). Told once."""

    secret: Annotated[Secret, "The secret in base32, to be typed where nothing can be scanned."]
    uri: Annotated[Secret, "The same as an otpauth address, to be scanned as a QR code."]


@shape
class RecoveryCodes:
    """Codes for the day the authenticator app is gone; each opens the door once. Told once."""

    codes: Annotated[tuple[Secret, ...], "The codes, to be kept on paper."]


@shape
class SessionEntry:
    """One of the user's own sessions."""

    id: Annotated[Id, "The session."]
    current: Annotated[bool, "Whether it is the session that asks."]
    address: Annotated[str, Length(0, 100), "The network address it was started from."]
    user_agent: Annotated[str, Length(0, 300), "The browser it was started with, as the browser says."]
    signed_in_at: Annotated[Instant, "When it began."]
    last_seen_at: Annotated[Instant, "When it was last used, to the minute."]
    expires_at: Annotated[Instant, "When it ends without further use."]


@shape
class SessionList:
    """The user's sessions, the latest used first."""

    items: Annotated[tuple[SessionEntry, ...], "The sessions."]


# -------------------------------------------------------------------------------------- partnerships


@shape
class Partnership:
    """A customer and a supplier who trade through the portal, with their terms (S-004, S-046, S-123)."""

    id: Annotated[Id, "The partnership."]
    sequence: Annotated[Sequence, "Counts its changes; the ETag."]
    customer: Annotated[Party, "The customer."]
    supplier: Annotated[Party, "The supplier."]
    enabled: Annotated[bool, "Whether the supplier may act for this customer in the portal (S-100)."]
    tolerance_rate: Annotated[
        Percent, "By how much invoices may exceed the order without approval (S-045, D-1)."
    ]
    tolerance_base: Annotated[ToleranceBase, "Which totals are compared (D-2)."]
    currency: Annotated[CurrencyCode, "The currency they trade in."]
    lead_time_days: Annotated[Days, "Days the supplier needs from order to delivery (S-030)."]
    minimum_order: Annotated[UnitPrice, "Least amount of an order, in `currency`; 0 for none (S-031)."]
    payment_days: Annotated[Days, "Days from an invoice to its due date (BT-9)."]
    customer_contact: Annotated[
        Contact | None, "The customer's employee responsible for this supplier (S-112)."
    ]
    since: Annotated[Instant, "When they were linked."]


@shape
class PartnershipTerms:
    """A partnership as either side sees it. The tolerance is the customer's own business."""

    id: Annotated[Id, "The partnership."]
    sequence: Annotated[Sequence, "Counts its changes; the ETag."]
    customer: Annotated[Party, "The customer."]
    supplier: Annotated[Party, "The supplier."]
    enabled: Annotated[bool, "Whether the supplier may act for this customer in the portal (S-100)."]
    tolerance_rate: Annotated[
        Percent | None, "The tolerance (S-045); null for the supplier, whom it is not told."
    ]
    tolerance_base: Annotated[ToleranceBase | None, "Which totals are compared (D-2); null for the supplier."]
    currency: Annotated[CurrencyCode, "The currency they trade in."]
    lead_time_days: Annotated[Days, "Days the supplier needs from order to delivery (S-030)."]
    minimum_order: Annotated[UnitPrice, "Least amount of an order, in `currency`; 0 for none (S-031)."]
    payment_days: Annotated[Days, "Days from an invoice to its due date (BT-9)."]
    customer_contact: Annotated[
        Contact | None, "The customer's employee responsible for this supplier (S-112)."
    ]
    since: Annotated[Instant, "When they were linked."]


@shape
class PartnershipPage:
    """A page of partnerships, by the name of the other side."""

    items: Annotated[tuple[PartnershipTerms, ...], "The partnerships."]
    next: Next


@shape
class Terms:
    """What a customer agrees with a supplier (S-046, S-123)."""

    currency: Annotated[CurrencyCode, "The currency they trade in."]
    tolerance_rate: Annotated[Percent, "By how much invoices may exceed the order without approval."] = (
        Decimal(0)
    )
    tolerance_base: Annotated[ToleranceBase, "Which totals are compared (D-2)."] = ToleranceBase.NET
    lead_time_days: Annotated[Days, "Days the supplier needs from order to delivery (S-030)."] = 0
    minimum_order: Annotated[UnitPrice, "Least amount of an order; 0 for none (S-031)."] = Decimal(0)
    payment_days: Annotated[Days, "Days from an invoice to its due date."] = 30
    customer_contact_id: Annotated[Id | None, "The customer's employee responsible for this supplier."] = None


# ------------------------------------------------------------------------------------------ API keys


@shape
class ApiKey:
    """A key with which a program acts for an organisation, in the name of the user who created it."""

    id: Annotated[Id, "The key."]
    sequence: Annotated[Sequence, "Counts its changes."]
    organisation_id: Annotated[Id, "The organisation it acts for."]
    name: SecretName
    roles: Annotated[Roles, "What it may do, never more than its owner."]
    owner: Annotated[Person, "Who created it; the key stops with their membership."]
    created_at: Annotated[Instant, "When."]
    expires_at: Annotated[Instant | None, "Until when it works; null for no end."]
    last_used_at: Annotated[Instant | None, "When it was last used, to the minute."]
    revoked_at: Annotated[Instant | None, "When it was revoked."]


@shape
class ApiKeyPage:
    """A page of API keys, the newest first."""

    items: Annotated[tuple[ApiKey, ...], "The keys."]
    next: Next


@shape
class CreatedApiKey:
    """A new key with its secret, which is shown this once and stored only as a hash."""

    secret: Annotated[Secret, "The key to send as `Authorization: Bearer cp_…`."]
    key: Annotated[ApiKey, "What is known of it from now on."]


@shape
class KeyGrant:
    """For whom a valid API key acts. What the gateway needs for each request."""

    key_id: Annotated[Id, "The key."]
    user: Annotated[Person, "The user in whose name it acts."]
    organisation: Annotated[Party, "The organisation it acts for."]
    kind: Annotated[OrganisationKind, "Customer, supplier or operator."]
    roles: Annotated[Roles, "What it may do: its own roles, as far as its owner still has them."]
