"""What can be asked of accounts.

Three things to know at the edge:

* A field `session_token` is the value of the session cookie. The gateway fills it, no client sends it;
  these operations concern the user's own account and work for a user of any organisation, or of none.
* `address`, `user_agent` and `device_token` of SignIn and RequestPasswordReset are the gateway's too.

* Who may sign in, act for an organisation, or hold a key is decided by people (`people_only`), never by a key.

`organisation_id` is the organisation concerned: its own people name their own, operator support names any.
"""

from decimal import Decimal
from typing import Annotated

from services.contracts.accounts import views
from services.contracts.accounts.views import (
    OneTimeCode,
    Password,
    Phone,
    Roles,
    Secret,
    SignInName,
    TaxNumber,
    Terms,
    Username,
)
from services.contracts.actors import BUYERS, EVERYONE, OPERATORS, OrganisationKind, Role
from services.contracts.kinds import (
    After,
    CountryCode,
    CurrencyCode,
    Days,
    Email,
    Id,
    Instant,
    Limit,
    Name,
    UnitPrice,
)
from services.contracts.shapes import Command, Length, Query, command, query

OPERATOR_DESK = frozenset({Role.OPERATOR_SUPPORT, Role.OPERATOR_MANAGEMENT})
ADMINISTRATORS = frozenset(
    {Role.SUPPLIER_ADMIN, Role.BUYER_ADMIN, Role.OPERATOR_MANAGEMENT, Role.OPERATOR_SUPPORT}
)
SUPPLIER_KEEPERS = frozenset({Role.SUPPLIER_MANAGER, Role.BUYER_ADMIN})
Search = Annotated[str, Length(1, 200)]
NetworkAddress = Annotated[str, Length(1, 100)]

# ------------------------------------------------------------------------------------- organisations


@command("accounts", answers=views.Organisation, allowed=OPERATOR_DESK)
class RegisterOrganisation(Command):
    """Register a customer or a supplier, and invite its first administrator (S-152)."""

    kind: Annotated[OrganisationKind, "Customer or supplier; there is only one operator."]
    name: Annotated[Name, "Its name."]
    country: Annotated[CountryCode, "Its country."]
    tax_number: Annotated[TaxNumber | None, "Its tax number; unique in its country and kind."] = None
    address: Annotated[views.Address | None, "Its postal address."] = None
    contact: Annotated[views.ContactData | None, "How it is reached."] = None
    admin_name: Annotated[Name | None, "Name of its first administrator, who is invited by mail."] = None
    admin_email: Annotated[
        Email | None, "E-mail of its first administrator; also its first notification address."
    ] = None


@command("accounts", answers=views.Partnership, allowed=SUPPLIER_KEEPERS)
class RegisterSupplier(Command):
    """Register a supplier that is not in the directory, invite its administrator, link it (S-004, S-122)."""

    name: Annotated[Name, "Its name."]
    country: Annotated[CountryCode, "Its country."]
    tax_number: Annotated[TaxNumber | None, "Its tax number; unique among the suppliers of its country."] = (
        None
    )
    address: Annotated[views.Address | None, "Its postal address."] = None
    contact: Annotated[views.ContactData | None, "How it is reached."] = None
    admin_name: Annotated[Name | None, "Name of its first administrator, who is invited by mail."] = None
    admin_email: Annotated[
        Email | None, "E-mail of its first administrator; also its first notification address."
    ] = None
    terms: Annotated[Terms, "The terms of the partnership."]


@command("accounts", answers=views.PartnershipTerms, allowed={Role.SUPPLIER_ADMIN})
class RegisterCustomer(Command):
    """Give a new customer access to the portal, invite its administrator, and link it (S-152).

    The customer decides on its tolerance itself; until then it is 0.
    """

    name: Annotated[Name, "Its name."]
    country: Annotated[CountryCode, "Its country."]
    tax_number: Annotated[TaxNumber | None, "Its tax number; unique among the customers of its country."] = (
        None
    )
    address: Annotated[views.Address | None, "Its postal address."] = None
    contact: Annotated[views.ContactData | None, "How it is reached."] = None
    admin_name: Annotated[Name, "Name of its first administrator, who is invited by mail."]
    admin_email: Annotated[Email, "E-mail of its first administrator; also its first notification address."]
    currency: Annotated[CurrencyCode, "The currency they trade in."]
    lead_time_days: Annotated[Days, "Days the supplier needs from order to delivery (S-030)."] = 0
    minimum_order: Annotated[UnitPrice, "Least amount of an order; 0 for none (S-031)."] = Decimal(0)
    payment_days: Annotated[Days, "Days from an invoice to its due date."] = 30


@command("accounts", answers=views.Organisation, allowed=ADMINISTRATORS)
class ChangeOrganisation(Command):
    """Replace an organisation's profile (S-007). What is left out is emptied."""

    organisation_id: Annotated[Id, "The organisation."]
    name: Annotated[Name, "Its name."]
    country: Annotated[CountryCode, "Its country."]
    tax_number: Annotated[TaxNumber | None, "Its tax number."] = None
    address: Annotated[views.Address | None, "Its postal address."] = None
    contact: Annotated[views.ContactData | None, "How it is reached."] = None


@command("accounts", answers=views.Organisation, allowed=ADMINISTRATORS, people_only=True)
class AddNotificationEmail(Command):
    """Add an address for news of documents; it is used once confirmed by the link mailed to it (S-008)."""

    organisation_id: Annotated[Id, "The organisation."]
    email: Annotated[Email, "The new address."]
    replaces: Annotated[Email | None, "The address it replaces, once confirmed; null to have both."] = None


@command("accounts", answers=views.Organisation, allowed=ADMINISTRATORS, people_only=True)
class RemoveNotificationEmail(Command):
    """Stop mailing to an address; it is told so (S-008)."""

    organisation_id: Annotated[Id, "The organisation."]
    email: Annotated[Email, "The address."]


@command("accounts", answers=views.Done, allowed=None)
class ConfirmEmail(Command):
    """Confirm a new address, of a person or for notifications, with the link that was mailed to it."""

    token: Annotated[Secret, "The token of the link."]


@query("accounts", answers=views.Organisation, allowed=EVERYONE)
class GetOrganisation(Query):
    """An organisation's profile and settings: its own people and the operator see it."""

    organisation_id: Annotated[Id, "The organisation."]


@query("accounts", answers=views.OrganisationPage, allowed=OPERATORS)
class ListOrganisations(Query):
    """All organisations, by name."""

    kind: Annotated[OrganisationKind | None, "Only of this kind."] = None
    search: Annotated[Search | None, "Part of the name or the tax number."] = None
    after: After = None
    limit: Limit = 50


@query("accounts", answers=views.ContactCard, allowed=EVERYONE)
class GetContactCard(Query):
    """How a business partner, or the operator, is reached (S-155)."""

    organisation_id: Annotated[Id, "The organisation: one's own, a linked partner, or the operator."]


@query("accounts", answers=views.ContactCard, allowed=EVERYONE)
class GetOperatorCard(Query):
    """How the company that runs the portal is reached (S-155)."""


@query("accounts", answers=views.SupplierEntryPage, allowed=BUYERS | OPERATORS)
class FindSuppliers(Query):
    """The directory of suppliers, by name: any customer may link any of them (S-122)."""

    search: Annotated[Search | None, "Part of the name or the tax number."] = None
    after: After = None
    limit: Limit = 50


# --------------------------------------------------------------------------------------------- users


@command("accounts", answers=views.Invitation, allowed=ADMINISTRATORS, people_only=True)
class InviteUser(Command):
    """Invite a person by mail to act for an organisation (S-009)."""

    organisation_id: Annotated[Id, "The organisation."]
    email: Annotated[Email, "Where the link is mailed."]
    name: Annotated[Name, "Whom it is for."]
    roles: Annotated[Roles, "What the person will be able to do."]


@command("accounts", answers=views.Invitation, allowed=ADMINISTRATORS, people_only=True)
class ResendInvitation(Command):
    """Mail a new link for an open invitation; the earlier link no longer works."""

    invitation_id: Annotated[Id, "The invitation."]


@command("accounts", answers=views.Invitation, allowed=ADMINISTRATORS, people_only=True)
class WithdrawInvitation(Command):
    """Take an open invitation back; its link no longer works."""

    invitation_id: Annotated[Id, "The invitation."]


@query("accounts", answers=views.InvitationPage, allowed=ADMINISTRATORS)
class ListInvitations(Query):
    """An organisation's invitations, the newest first."""

    organisation_id: Annotated[Id, "The organisation."]
    status: Annotated[views.InvitationStatus | None, "Only with this status."] = None
    after: After = None
    limit: Limit = 50


@query("accounts", answers=views.InvitationForm, allowed=None)
class ReadInvitation(Query):
    """What the page behind an invitation or activation link shows; refused if the link no longer works."""

    token: Annotated[Secret, "The token of the link."]


@command("accounts", answers=views.Done, allowed=None)
class AcceptInvitation(Command):
    """Accept an invitation. A new user sets a password; who has an account already keeps it."""

    token: Annotated[Secret, "The token of the link."]
    password: Annotated[Password | None, "The new user's password, at least 8 characters."] = None
    name: Annotated[Name | None, "The new user's name, if the invitation has it wrong."] = None


@command("accounts", answers=views.Member, allowed=ADMINISTRATORS, people_only=True)
class CreateUser(Command):
    """Make an account with a username, with or without a password (S-153, D-7).

    Without a password it is activated through a one-time link, mailed if there is an e-mail, otherwise
    handed over (GetActivationLink). With one, the user must choose their own at the first sign-in.
    """

    organisation_id: Annotated[Id, "The organisation."]
    username: Annotated[Username, "The name to sign in with."]
    name: Annotated[Name, "The person's name."]
    roles: Annotated[Roles, "What the person may do."]
    email: Annotated[Email | None, "The person's e-mail."] = None
    password: Annotated[Password | None, "A first password, at least 8 characters."] = None


@query("accounts", answers=views.HandoverLink, allowed=ADMINISTRATORS, people_only=True)
class GetActivationLink(Query):
    """The activation link of an account without e-mail, to be handed over in person (D-7)."""

    organisation_id: Annotated[Id, "The organisation."]
    user_id: Annotated[Id, "The user, not activated yet."]


@command("accounts", answers=views.Member, allowed=ADMINISTRATORS, people_only=True)
class RenewActivation(Command):
    """Make a new activation link for an account that was not activated in time."""

    organisation_id: Annotated[Id, "The organisation."]
    user_id: Annotated[Id, "The user, not activated yet."]


@command("accounts", answers=views.Done, allowed=None)
class ActivateAccount(Command):
    """Activate an account made with a username, by setting its password (D-7)."""

    token: Annotated[Secret, "The token of the link."]
    password: Annotated[Password, "The password, at least 8 characters."]


@query("accounts", answers=views.MemberPage, allowed=EVERYONE)
class ListMembers(Query):
    """The users of an organisation, by name."""

    organisation_id: Annotated[Id, "The organisation."]
    role: Annotated[Role | None, "Only with this role."] = None
    status: Annotated[views.MembershipStatus | None, "Only with this status."] = None
    search: Annotated[Search | None, "Part of the name, e-mail or username."] = None
    after: After = None
    limit: Limit = 50


@query("accounts", answers=views.Member, allowed=EVERYONE)
class GetMember(Query):
    """One user of an organisation."""

    organisation_id: Annotated[Id, "The organisation."]
    user_id: Annotated[Id, "The user."]


@command("accounts", answers=views.Member, allowed=ADMINISTRATORS, people_only=True)
class ChangeRoles(Command):
    """Give a member other roles (S-010)."""

    organisation_id: Annotated[Id, "The organisation."]
    user_id: Annotated[Id, "The member."]
    roles: Annotated[Roles, "What they may do from now on."]


@command("accounts", answers=views.Member, allowed=ADMINISTRATORS, people_only=True)
class SuspendMember(Command):
    """Stop a member acting for the organisation until resumed."""

    organisation_id: Annotated[Id, "The organisation."]
    user_id: Annotated[Id, "The member."]


@command("accounts", answers=views.Member, allowed=ADMINISTRATORS, people_only=True)
class ResumeMember(Command):
    """Let a suspended member act again."""

    organisation_id: Annotated[Id, "The organisation."]
    user_id: Annotated[Id, "The member."]


@command("accounts", answers=views.Member, allowed=ADMINISTRATORS, people_only=True)
class RemoveMember(Command):
    """End a membership for good; the person must be invited again to come back."""

    organisation_id: Annotated[Id, "The organisation."]
    user_id: Annotated[Id, "The member."]


@query("accounts", answers=views.User, allowed=EVERYONE)
class GetMyProfile(Query):
    """The user who asks, with all organisations they act for."""


@command("accounts", answers=views.User, allowed=EVERYONE, people_only=True)
class ChangeMyProfile(Command):
    """Change one's own name and telephone."""

    name: Annotated[Name, "The name."]
    phone: Annotated[Phone | None, "The telephone."] = None


# ------------------------------------------------------------------------------------------ sessions


@command("accounts", answers=views.SignedIn, allowed=None)
class SignIn(Command):
    """Sign in with e-mail or username and password (S-001, S-154).

    Repeated failures make the next attempt wait, longer each time, per account and per address. A device
    its owner has signed in from before is counted by itself, so strangers cannot keep the owner out.
    Where two-factor sign-in is on, the right password alone is refused as `second-factor-needed`: send the
    same again with a code.
    """

    name: Annotated[SignInName, "E-mail or username."]
    password: Annotated[Password, "The password."]
    code: Annotated[
        OneTimeCode | None, "Code of the authenticator app, or a recovery code, when one is asked for."
    ] = None
    address: Annotated[NetworkAddress, "The network address of the client, as the gateway sees it."]
    user_agent: Annotated[str, Length(0, 300), "What the client says it is."] = ""
    device_token: Annotated[Secret | None, "`device_token` of an earlier sign-in on this device."] = None


@command("accounts", answers=views.Done, allowed=None)
class SignOut(Command):
    """End the session."""

    session_token: Annotated[Secret, "The session cookie."]


@query("accounts", answers=views.Session, allowed=None)
class Authenticate(Query):
    """Who a session belongs to, and for whom they may act. Unauthenticated if it is over."""

    session_token: Annotated[Secret, "The session cookie."]


@command("accounts", answers=views.Session, allowed=None)
class ActFor(Command):
    """Choose the organisation to act for, for a user who belongs to several."""

    session_token: Annotated[Secret, "The session cookie."]
    organisation_id: Annotated[Id, "One of the session's standings."]


@query("accounts", answers=views.SessionList, allowed=None)
class ListMySessions(Query):
    """Where one is signed in."""

    session_token: Annotated[Secret, "The session cookie."]


@command("accounts", answers=views.Done, allowed=None)
class EndSession(Command):
    """End one of one's own sessions."""

    session_token: Annotated[Secret, "The session cookie."]
    session_id: Annotated[Id, "The session to end."]


@command("accounts", answers=views.Done, allowed=None)
class EndOtherSessions(Command):
    """End all of one's own sessions but this one."""

    session_token: Annotated[Secret, "The session cookie."]


@command("accounts", answers=views.Done, allowed=None)
class ChangePassword(Command):
    """Change one's own password (S-156). All other sessions end."""

    session_token: Annotated[Secret, "The session cookie."]
    current_password: Annotated[Password, "The password until now."]
    new_password: Annotated[Password, "The new one, at least 8 characters."]


@query("accounts", answers=views.SecondFactor, allowed=None)
class GetSecondFactor(Query):
    """Whether one's own sign-in asks for a second factor."""

    session_token: Annotated[Secret, "The session cookie."]


@command("accounts", answers=views.SecondFactorSecret, allowed=None)
class BeginSecondFactor(Command):
    """Get a secret for an authenticator app. Nothing changes until a code of the app is confirmed."""

    session_token: Annotated[Secret, "The session cookie."]
    password: Annotated[Password, "The password."]


@command("accounts", answers=views.RecoveryCodes, allowed=None)
class ConfirmSecondFactor(Command):
    """Switch two-factor sign-in on with a code of the app; answers with the recovery codes."""

    session_token: Annotated[Secret, "The session cookie."]
    code: Annotated[OneTimeCode, "The code the app shows."]


@command("accounts", answers=views.RecoveryCodes, allowed=None)
class RenewRecoveryCodes(Command):
    """Get other recovery codes; those of before no longer work."""

    session_token: Annotated[Secret, "The session cookie."]
    password: Annotated[Password, "The password."]
    code: Annotated[OneTimeCode, "A code of the app, or a recovery code."]


@command("accounts", answers=views.Done, allowed=None)
class DisableSecondFactor(Command):
    """Switch two-factor sign-in off."""

    session_token: Annotated[Secret, "The session cookie."]
    password: Annotated[Password, "The password."]
    code: Annotated[OneTimeCode, "A code of the app, or a recovery code."]


@command("accounts", answers=views.Done, allowed=None)
class ChangeMyEmail(Command):
    """Ask for another e-mail of one's own; it counts once confirmed by the link mailed to it.

    The old address is told.
    """

    session_token: Annotated[Secret, "The session cookie."]
    password: Annotated[Password, "One's password, so that an unattended screen cannot move the account."]
    email: Annotated[Email, "The new address."]


@command("accounts", answers=views.Done, allowed=None)
class RequestPasswordReset(Command):
    """Ask for a link to set a new password. The answer never tells whether there is such an account."""

    name: Annotated[SignInName, "E-mail or username."]
    address: Annotated[NetworkAddress, "The network address of the client, as the gateway sees it."]


@command("accounts", answers=views.Done, allowed=None)
class ResetPassword(Command):
    """Set a new password with the link that was mailed; it works once, within ten minutes.

    All sessions of the user end.
    """

    token: Annotated[Secret, "The token of the link."]
    password: Annotated[Password, "The new password, at least 8 characters."]


# -------------------------------------------------------------------------------------- partnerships


@command("accounts", answers=views.Partnership, allowed=SUPPLIER_KEEPERS)
class LinkSupplier(Command):
    """Begin to trade with a supplier of the directory; its portal is enabled (S-004, S-122)."""

    supplier_id: Annotated[Id, "The supplier."]
    terms: Annotated[Terms, "The terms."]


@command("accounts", answers=views.Partnership, allowed=SUPPLIER_KEEPERS)
class ChangeTerms(Command):
    """Replace the terms of a partnership. Only what happens later goes by them (S-046)."""

    partnership_id: Annotated[Id, "The partnership."]
    terms: Annotated[Terms, "The terms from now on."]


@command("accounts", answers=views.Partnership, allowed=SUPPLIER_KEEPERS)
class DisableSupplierPortal(Command):
    """Switch a supplier's portal off for this customer (S-100).

    The supplier can no longer act for it, and the drafts of this partnership are deleted (S-101, D-6).
    """

    partnership_id: Annotated[Id, "The partnership."]


@command("accounts", answers=views.Partnership, allowed=SUPPLIER_KEEPERS)
class EnableSupplierPortal(Command):
    """Switch a supplier's portal on again; deleted drafts do not come back (S-102)."""

    partnership_id: Annotated[Id, "The partnership."]


@query("accounts", answers=views.PartnershipTerms, allowed=EVERYONE)
class GetPartnership(Query):
    """One partnership, as the side that asks may see it."""

    partnership_id: Annotated[Id, "The partnership."]


@query("accounts", answers=views.PartnershipPage, allowed=EVERYONE)
class ListPartnerships(Query):
    """The partnerships of the organisation that asks, by the other side's name; the operator sees all."""

    enabled: Annotated[bool | None, "Only enabled ones, or only disabled ones."] = None
    search: Annotated[Search | None, "Part of the other side's name."] = None
    after: After = None
    limit: Limit = 50


# ------------------------------------------------------------------------------------------ API keys


@command("accounts", answers=views.CreatedApiKey, allowed=EVERYONE, people_only=True)
class CreateApiKey(Command):
    """Create a key for a program. Its secret is told this once; its roles are among one's own."""

    name: views.SecretName
    roles: Annotated[Roles, "What it may do."]
    expires_at: Annotated[Instant | None, "Until when it works; null for no end."] = None


@command("accounts", answers=views.ApiKey, allowed=EVERYONE, people_only=True)
class RevokeApiKey(Command):
    """End a key: one's own, or as administrator any of the organisation's."""

    key_id: Annotated[Id, "The key."]


@query("accounts", answers=views.ApiKeyPage, allowed=EVERYONE)
class ListApiKeys(Query):
    """One's own keys; an administrator sees all of the organisation's."""

    after: After = None
    limit: Limit = 50


@query("accounts", answers=views.KeyGrant, allowed=None)
class AuthenticateKey(Query):
    """For whom an API key acts. Unauthenticated if it is not valid."""

    key: Annotated[Secret, "The key, `cp_…`."]
