"""accounts as the other side of the broker sees it: each method loads, tells, answers.

Who has not signed in is let in by the doorkeeper; everybody else acts within their own organisation, and the
operator's desk for any. Row-level security holds what is written here once more.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.accounts import queries, secrets
from services.accounts.authenticators import Authenticators
from services.accounts.domain import password_rules
from services.accounts.domain.invitations import AlreadyInvited, Invitation
from services.accounts.domain.keys import ApiKey, administers
from services.accounts.domain.links import Link
from services.accounts.domain.organisations import (
    ADMINISTRATOR_OF,
    AlreadyRegistered,
    Organisation,
    Profile,
    card,
    check_may_administer,
    check_may_read,
    check_registrable,
)
from services.accounts.domain.partnerships import AlreadyLinked, Partnership, Terms, nobody_responsible
from services.accounts.domain.users import AddressTaken, AlreadyMember, LinkIsMailed, User, UsernameTaken
from services.accounts.doorkeeper import SESSION_OVER, Doorkeeper
from services.accounts.passwords import Passwords
from services.accounts.second_factor import SecondFactor
from services.accounts.secrets import Devices
from services.chassis.amqp import every
from services.chassis.amqp.offload import offload
from services.chassis.commands import command, query
from services.chassis.config import Config
from services.chassis.database import Transaction, violated
from services.chassis.errors import CounterpartError, NotFound, Unauthenticated
from services.chassis.links import Links
from services.chassis.servicebase import ServiceBase
from services.contracts.accounts import commands, views
from services.contracts.accounts.views import LinkPurpose
from services.contracts.actors import Actor, OrganisationKind, Role
from services.contracts.parties import Party, Person

FORGOTTEN_AFTER = timedelta(days=30)

# Rules that only the whole table can decide are constraints; these are their sentences.
DUPLICATES: dict[str, tuple[type[CounterpartError], str]] = {
    "organisations_tax_number": (
        AlreadyRegistered,
        "This tax number is registered in this country already. Link the organisation, or ask support.",
    ),
    "users_username": (UsernameTaken, "This username is taken. Choose another."),
    "users_email": (AddressTaken, "Another account signs in with this address by now. Use that account."),
    "partnerships_once": (AlreadyLinked, "You trade with this supplier already; see its terms."),
}


@contextmanager
def duplicates_refused() -> Iterator[None]:
    """A row that is there already, as the refusal a person understands."""
    try:
        yield
    except IntegrityError as error:
        constraint = violated(error)
        if constraint not in DUPLICATES:
            raise
        refusal, sentence = DUPLICATES[constraint]
        raise refusal(sentence) from error


@cache
def doorkeeper() -> Doorkeeper:
    """The doorkeeper of this process."""
    secret_key = Config.from_env().secret_key
    return Doorkeeper(
        Passwords(offload),
        Links(secret_key),
        Devices(secret_key),
        SecondFactor(Authenticators(secret_key)),
    )


def person(actor: Actor) -> Person:
    """The actor as they stand on a document."""
    return Person(id=actor.user_id, name=actor.user_name)


class AccountsService(ServiceBase):
    """Organisations, users, sessions, partnerships, API keys."""

    name = "accounts"
    stores: ClassVar[Mapping[type, Any]] = {
        Organisation: queries.OrganisationStore(),
        User: queries.UserStore(),
        Invitation: queries.InvitationStore(),
        Partnership: queries.PartnershipStore(),
        ApiKey: queries.ApiKeyStore(),
    }

    # ---------------------------------------------------------------------------------- organisations

    @command(commands.RegisterOrganisation)
    def register_organisation(
        self, tx: Transaction, wish: commands.RegisterOrganisation
    ) -> views.Organisation:
        """See the command."""
        check_registrable(wish.kind)
        organisation = _register(tx, wish.kind, wish)
        with duplicates_refused():
            tx.flush()
        return organisation.view()

    @command(commands.RegisterSupplier)
    def register_supplier(self, tx: Transaction, wish: commands.RegisterSupplier) -> views.Partnership:
        """See the command."""
        customer = _own(tx)
        terms = _terms(tx, customer.id, wish.terms)
        supplier = _register(tx, OrganisationKind.SUPPLIER, wish)
        return _link(tx, customer, supplier.party, terms).view()

    @command(commands.RegisterCustomer)
    def register_customer(self, tx: Transaction, wish: commands.RegisterCustomer) -> views.PartnershipTerms:
        """See the command."""
        terms = Terms(
            currency=wish.currency,
            lead_time_days=wish.lead_time_days,
            minimum_order=wish.minimum_order,
            payment_days=wish.payment_days,
        )
        supplier = _own(tx)
        customer = _register(tx, OrganisationKind.CUSTOMER, wish)
        return _link(tx, customer.party, supplier, terms).seen_by(tx.actor.kind)

    @command(commands.ChangeOrganisation)
    def change_organisation(self, tx: Transaction, wish: commands.ChangeOrganisation) -> views.Organisation:
        """See the command."""
        check_may_administer(tx.actor, wish.organisation_id)
        organisation = tx.get(Organisation, wish.organisation_id)
        organisation.change_profile(_profile(wish))
        with duplicates_refused():
            tx.flush()
        return organisation.view()

    @command(commands.AddNotificationEmail)
    def add_notification_email(
        self, tx: Transaction, wish: commands.AddNotificationEmail
    ) -> views.Organisation:
        """See the command."""
        check_may_administer(tx.actor, wish.organisation_id)
        organisation = tx.get(Organisation, wish.organisation_id)
        link = Link.make(
            id=tx.new_id(),
            purpose=LinkPurpose.EMAIL_CONFIRMATION,
            subject_id=organisation.id,
            organisation_id=organisation.id,
            email=wish.email,
            replaces=wish.replaces,
            at=tx.at,
        )
        organisation.ask_for_email(wish.email, replaces=wish.replaces, asked_by=person(tx.actor), link=link)
        queries.add_link(tx, link)
        return organisation.view()

    @command(commands.RemoveNotificationEmail)
    def remove_notification_email(
        self, tx: Transaction, wish: commands.RemoveNotificationEmail
    ) -> views.Organisation:
        """See the command."""
        check_may_administer(tx.actor, wish.organisation_id)
        organisation = tx.get(Organisation, wish.organisation_id)
        organisation.remove_email(wish.email)
        return organisation.view()

    @command(commands.ConfirmEmail)
    def confirm_email(self, tx: Transaction, wish: commands.ConfirmEmail) -> views.Done:
        """See the command."""
        doorkeeper().confirm_email(tx, wish.token)
        with duplicates_refused():
            tx.flush()
        return views.Done(at=tx.at)

    @query(commands.GetOrganisation)
    def get_organisation(self, tx: Transaction, question: commands.GetOrganisation) -> views.Organisation:
        """See the query."""
        check_may_read(tx.actor, question.organisation_id)
        return tx.peek(Organisation, question.organisation_id).view()

    @query(commands.ListOrganisations)
    def list_organisations(
        self, tx: Transaction, question: commands.ListOrganisations
    ) -> views.OrganisationPage:
        """See the query."""
        return queries.organisations_page(tx, question)

    @query(commands.GetContactCard)
    def get_contact_card(self, tx: Transaction, question: commands.GetContactCard) -> views.ContactCard:
        """See the query."""
        return card(tx.peek(Organisation, question.organisation_id))

    @query(commands.GetOperatorCard)
    def get_operator_card(
        self,
        tx: Transaction,
        question: commands.GetOperatorCard,
    ) -> views.ContactCard:
        """See the query."""
        operator_id = queries.operator_id(tx)
        if operator_id is None:
            raise NotFound("No operator is installed yet.")
        return card(tx.peek(Organisation, operator_id))

    @query(commands.FindSuppliers)
    def find_suppliers(self, tx: Transaction, question: commands.FindSuppliers) -> views.SupplierEntryPage:
        """See the query."""
        return queries.suppliers_page(tx, question)

    # ------------------------------------------------------------------------------------------ users

    @command(commands.InviteUser)
    def invite_user(self, tx: Transaction, wish: commands.InviteUser) -> views.Invitation:
        """See the command."""
        check_may_administer(tx.actor, wish.organisation_id)
        organisation = tx.peek(Organisation, wish.organisation_id)
        member = queries.member_with_email(tx, organisation.id, wish.email)
        if member is not None:
            raise AlreadyMember(f"{member} acts for {organisation.profile.name} already, with this address.")
        if queries.has_open_invitation(tx, organisation.id, wish.email):
            raise AlreadyInvited(f"{wish.email} has an open invitation already. Send that one again.")
        return _invite(tx, organisation, wish.email, wish.name, wish.roles).view()

    @command(commands.ResendInvitation)
    def resend_invitation(self, tx: Transaction, wish: commands.ResendInvitation) -> views.Invitation:
        """See the command."""
        invitation = _invitation(tx, wish.invitation_id)
        link = Link.make(
            id=tx.new_id(),
            purpose=LinkPurpose.INVITATION,
            subject_id=invitation.id,
            organisation_id=invitation.organisation.id,
            at=tx.at,
        )
        invitation.send_again(link)
        queries.add_link(tx, link)
        return invitation.view()

    @command(commands.WithdrawInvitation)
    def withdraw_invitation(self, tx: Transaction, wish: commands.WithdrawInvitation) -> views.Invitation:
        """See the command."""
        invitation = _invitation(tx, wish.invitation_id)
        invitation.withdraw()
        queries.close_links(tx, invitation.id, LinkPurpose.INVITATION)
        return invitation.view()

    @query(commands.ListInvitations)
    def list_invitations(self, tx: Transaction, question: commands.ListInvitations) -> views.InvitationPage:
        """See the query."""
        check_may_administer(tx.actor, question.organisation_id)
        return queries.invitations_page(tx, question)

    @query(commands.ReadInvitation)
    def read_invitation(self, tx: Transaction, question: commands.ReadInvitation) -> views.InvitationForm:
        """See the query."""
        return doorkeeper().read_invitation(tx, question.token)

    @command(commands.AcceptInvitation)
    def accept_invitation(self, tx: Transaction, wish: commands.AcceptInvitation) -> views.Done:
        """See the command."""
        with duplicates_refused():
            doorkeeper().accept_invitation(tx, wish)
        return views.Done(at=tx.at)

    @command(commands.CreateUser)
    def create_user(self, tx: Transaction, wish: commands.CreateUser) -> views.Member:
        """See the command."""
        check_may_administer(tx.actor, wish.organisation_id)
        organisation = tx.peek(Organisation, wish.organisation_id)
        given = wish.password
        user = User.with_username(
            id=tx.new_id(),
            name=wish.name,
            username=wish.username,
            email=wish.email,
            activated=given is not None,
            at=tx.at,
        )
        user.join(organisation.party, organisation.kind, wish.roles, at=tx.at)
        tx.add(user)
        if given is None:
            _ask_for_activation(tx, user, organisation.party)
        else:
            password_rules.check(given, [name for name in (wish.name, wish.email, wish.username) if name])
        with duplicates_refused():
            tx.flush()
        if given is not None:
            queries.add_password(tx, user.id, doorkeeper().passwords.hash(given), must_change=True)
        return user.member(organisation.id)

    @query(commands.GetActivationLink)
    def get_activation_link(
        self, tx: Transaction, question: commands.GetActivationLink
    ) -> views.HandoverLink:
        """See the query."""
        check_may_administer(tx.actor, question.organisation_id)
        user = tx.peek(User, question.user_id)
        user.membership(question.organisation_id)
        user.check_not_activated()
        if user.email is not None:
            raise LinkIsMailed(f"The activation link of {user.name} is mailed to {user.email}.")
        link = queries.newest_link(tx, user.id, LinkPurpose.ACTIVATION)
        if link is None:
            raise NotFound("There is no activation link. Make a new one.")
        link.check_open(tx.at)
        token = doorkeeper().links.token(LinkPurpose.ACTIVATION.value, link.id)
        return views.HandoverLink(token=token, expires_at=link.expires_at)

    @command(commands.RenewActivation)
    def renew_activation(self, tx: Transaction, wish: commands.RenewActivation) -> views.Member:
        """See the command."""
        check_may_administer(tx.actor, wish.organisation_id)
        user = tx.get(User, wish.user_id)
        membership = user.membership(wish.organisation_id)
        _ask_for_activation(tx, user, membership.organisation)
        return user.member(wish.organisation_id)

    @command(commands.ActivateAccount)
    def activate_account(self, tx: Transaction, wish: commands.ActivateAccount) -> views.Done:
        """See the command."""
        doorkeeper().activate(tx, wish)
        with duplicates_refused():
            tx.flush()
        return views.Done(at=tx.at)

    @query(commands.ListMembers)
    def list_members(self, tx: Transaction, question: commands.ListMembers) -> views.MemberPage:
        """See the query."""
        check_may_read(tx.actor, question.organisation_id)
        return queries.members_page(tx, question)

    @query(commands.GetMember)
    def get_member(self, tx: Transaction, question: commands.GetMember) -> views.Member:
        """See the query."""
        check_may_read(tx.actor, question.organisation_id)
        user = tx.peek(User, question.user_id)
        user.membership(question.organisation_id)
        return user.member(question.organisation_id)

    @command(commands.ChangeRoles)
    def change_roles(self, tx: Transaction, wish: commands.ChangeRoles) -> views.Member:
        """See the command."""
        user, others = _member(tx, wish.organisation_id, wish.user_id)
        user.change_roles(wish.organisation_id, wish.roles, other_admins=others)
        return user.member(wish.organisation_id)

    @command(commands.SuspendMember)
    def suspend_member(self, tx: Transaction, wish: commands.SuspendMember) -> views.Member:
        """See the command."""
        user, others = _member(tx, wish.organisation_id, wish.user_id)
        user.suspend(wish.organisation_id, other_admins=others)
        doorkeeper().end_sessions_acting_for(tx, user.id, wish.organisation_id)
        return user.member(wish.organisation_id)

    @command(commands.ResumeMember)
    def resume_member(self, tx: Transaction, wish: commands.ResumeMember) -> views.Member:
        """See the command."""
        user, _ = _member(tx, wish.organisation_id, wish.user_id)
        user.resume(wish.organisation_id)
        return user.member(wish.organisation_id)

    @command(commands.RemoveMember)
    def remove_member(self, tx: Transaction, wish: commands.RemoveMember) -> views.Member:
        """See the command."""
        user, others = _member(tx, wish.organisation_id, wish.user_id)
        user.leave(wish.organisation_id, other_admins=others)
        doorkeeper().end_sessions_acting_for(tx, user.id, wish.organisation_id)
        return user.member(wish.organisation_id)

    @query(commands.GetMyProfile)
    def get_my_profile(
        self,
        tx: Transaction,
        question: commands.GetMyProfile,
    ) -> views.User:
        """See the query."""
        return tx.peek(User, tx.actor.user_id).view()

    @command(commands.ChangeMyProfile)
    def change_my_profile(self, tx: Transaction, wish: commands.ChangeMyProfile) -> views.User:
        """See the command."""
        user = tx.get(User, tx.actor.user_id)
        user.change_profile(name=wish.name, phone=wish.phone)
        return user.view()

    # --------------------------------------------------------------------------------------- sessions

    @command(commands.SignIn, answers_a_secret=True)
    def sign_in(self, tx: Transaction, wish: commands.SignIn) -> views.SignedIn:
        """See the command."""
        return doorkeeper().sign_in(tx, wish)

    @command(commands.SignOut)
    def sign_out(self, tx: Transaction, wish: commands.SignOut) -> views.Done:
        """See the command."""
        session = doorkeeper().session(tx, wish.session_token)
        doorkeeper().end_session(tx, session.user.id, session.id)
        return views.Done(at=tx.at)

    @query(commands.Authenticate)
    def authenticate(self, tx: Transaction, question: commands.Authenticate) -> views.Session:
        """See the query. Who may act for nobody any more is no longer signed in."""
        session = doorkeeper().session(tx, question.session_token)
        if not session.standings and not session.must_change_password:
            raise Unauthenticated(SESSION_OVER)
        return session

    @command(commands.ActFor, answers_a_secret=True)
    def act_for(self, tx: Transaction, wish: commands.ActFor) -> views.Session:
        """See the command."""
        return doorkeeper().act_for(tx, wish)

    @query(commands.ListMySessions)
    def list_my_sessions(self, tx: Transaction, question: commands.ListMySessions) -> views.SessionList:
        """See the query."""
        session = doorkeeper().session(tx, question.session_token)
        return queries.sessions_of(tx, session.user.id, session.id)

    @command(commands.EndSession)
    def end_session(self, tx: Transaction, wish: commands.EndSession) -> views.Done:
        """See the command."""
        session = doorkeeper().session(tx, wish.session_token)
        doorkeeper().end_session(tx, session.user.id, wish.session_id)
        return views.Done(at=tx.at)

    @command(commands.EndOtherSessions)
    def end_other_sessions(self, tx: Transaction, wish: commands.EndOtherSessions) -> views.Done:
        """See the command."""
        session = doorkeeper().session(tx, wish.session_token)
        doorkeeper().end_sessions(tx, session.user.id, but=session.id)
        return views.Done(at=tx.at)

    @command(commands.ChangePassword)
    def change_password(self, tx: Transaction, wish: commands.ChangePassword) -> views.Done:
        """See the command."""
        doorkeeper().change_password(tx, wish)
        return views.Done(at=tx.at)

    @query(commands.GetSecondFactor)
    def get_second_factor(self, tx: Transaction, question: commands.GetSecondFactor) -> views.SecondFactor:
        """See the query."""
        keeper = doorkeeper()
        return keeper.second_factor.view(tx, keeper.session(tx, question.session_token).user.id)

    @command(commands.BeginSecondFactor, answers_a_secret=True)
    def begin_second_factor(
        self, tx: Transaction, wish: commands.BeginSecondFactor
    ) -> views.SecondFactorSecret:
        """See the command."""
        keeper = doorkeeper()
        return keeper.second_factor.begin(tx, keeper.owner(tx, wish.session_token, wish.password))

    @command(commands.ConfirmSecondFactor, answers_a_secret=True)
    def confirm_second_factor(
        self, tx: Transaction, wish: commands.ConfirmSecondFactor
    ) -> views.RecoveryCodes:
        """See the command."""
        keeper = doorkeeper()
        return keeper.second_factor.confirm(tx, keeper.owner(tx, wish.session_token), wish.code)

    @command(commands.RenewRecoveryCodes, answers_a_secret=True)
    def renew_recovery_codes(self, tx: Transaction, wish: commands.RenewRecoveryCodes) -> views.RecoveryCodes:
        """See the command."""
        keeper = doorkeeper()
        user = keeper.owner(tx, wish.session_token, wish.password)
        return keeper.second_factor.renew_codes(tx, user, wish.code)

    @command(commands.DisableSecondFactor)
    def disable_second_factor(self, tx: Transaction, wish: commands.DisableSecondFactor) -> views.Done:
        """See the command."""
        keeper = doorkeeper()
        keeper.second_factor.disable(tx, keeper.owner(tx, wish.session_token, wish.password), wish.code)
        return views.Done(at=tx.at)

    @command(commands.ChangeMyEmail)
    def change_my_email(self, tx: Transaction, wish: commands.ChangeMyEmail) -> views.Done:
        """See the command."""
        doorkeeper().change_email(tx, wish)
        return views.Done(at=tx.at)

    @command(commands.RequestPasswordReset)
    def request_password_reset(self, tx: Transaction, wish: commands.RequestPasswordReset) -> views.Done:
        """See the command."""
        doorkeeper().request_reset(tx, wish)
        return views.Done(at=tx.at)

    @command(commands.ResetPassword)
    def reset_password(self, tx: Transaction, wish: commands.ResetPassword) -> views.Done:
        """See the command."""
        doorkeeper().reset_password(tx, wish)
        return views.Done(at=tx.at)

    @every(3600)
    def forget_what_is_over(self) -> None:
        """Delete failed attempts, links and sessions that nobody will ask for again."""
        with self.database.transaction() as tx:
            queries.forget_what_is_over(tx, tx.at - FORGOTTEN_AFTER)

    # ----------------------------------------------------------------------------------- partnerships

    @command(commands.LinkSupplier)
    def link_supplier(self, tx: Transaction, wish: commands.LinkSupplier) -> views.Partnership:
        """See the command."""
        customer = _own(tx)
        supplier = queries.supplier_in_directory(tx, wish.supplier_id)
        if supplier is None:
            raise NotFound(f"There is no supplier {wish.supplier_id} in the directory.")
        if queries.is_linked(tx, customer.id, supplier.id):
            refusal, sentence = DUPLICATES["partnerships_once"]
            raise refusal(sentence)
        return _link(tx, customer, supplier, _terms(tx, customer.id, wish.terms)).view()

    @command(commands.ChangeTerms)
    def change_terms(self, tx: Transaction, wish: commands.ChangeTerms) -> views.Partnership:
        """See the command."""
        partnership = tx.get(Partnership, wish.partnership_id)
        partnership.change_terms(_terms(tx, partnership.customer.id, wish.terms))
        return partnership.view()

    @command(commands.DisableSupplierPortal)
    def disable_supplier_portal(
        self, tx: Transaction, wish: commands.DisableSupplierPortal
    ) -> views.Partnership:
        """See the command."""
        partnership = tx.get(Partnership, wish.partnership_id)
        partnership.disable(by=person(tx.actor), at=tx.at)
        return partnership.view()

    @command(commands.EnableSupplierPortal)
    def enable_supplier_portal(
        self, tx: Transaction, wish: commands.EnableSupplierPortal
    ) -> views.Partnership:
        """See the command."""
        partnership = tx.get(Partnership, wish.partnership_id)
        partnership.enable(by=person(tx.actor), at=tx.at)
        return partnership.view()

    @query(commands.GetPartnership)
    def get_partnership(self, tx: Transaction, question: commands.GetPartnership) -> views.PartnershipTerms:
        """See the query."""
        return tx.peek(Partnership, question.partnership_id).seen_by(tx.actor.kind)

    @query(commands.ListPartnerships)
    def list_partnerships(
        self, tx: Transaction, question: commands.ListPartnerships
    ) -> views.PartnershipPage:
        """See the query."""
        return queries.partnerships_page(tx, question, tx.actor)

    # --------------------------------------------------------------------------------------- API keys

    @command(commands.CreateApiKey, answers_a_secret=True)
    def create_api_key(self, tx: Transaction, wish: commands.CreateApiKey) -> views.CreatedApiKey:
        """See the command."""
        secret = secrets.new_token()
        key = ApiKey.create(
            id=tx.new_id(),
            name=wish.name,
            roles=wish.roles,
            owner=tx.actor,
            secret_hash=secrets.stored(secret),
            expires_at=wish.expires_at,
            at=tx.at,
        )
        tx.add(key)
        return views.CreatedApiKey(secret=secrets.api_key(key.id, secret), key=key.view())

    @command(commands.RevokeApiKey)
    def revoke_api_key(self, tx: Transaction, wish: commands.RevokeApiKey) -> views.ApiKey:
        """See the command."""
        key = tx.get(ApiKey, wish.key_id)
        key.revoke(by=tx.actor, at=tx.at)
        return key.view()

    @query(commands.ListApiKeys)
    def list_api_keys(self, tx: Transaction, question: commands.ListApiKeys) -> views.ApiKeyPage:
        """See the query."""
        return queries.api_keys_page(tx, question, tx.actor, all_owners=administers(tx.actor))

    @query(commands.AuthenticateKey)
    def authenticate_key(self, tx: Transaction, question: commands.AuthenticateKey) -> views.KeyGrant:
        """See the query."""
        return doorkeeper().grant(tx, question.key)


Registration = commands.RegisterOrganisation | commands.RegisterSupplier | commands.RegisterCustomer


def _profile(wish: Registration | commands.ChangeOrganisation) -> Profile:
    return Profile(
        name=wish.name,
        country=wish.country,
        tax_number=wish.tax_number,
        address=wish.address,
        contact=wish.contact or views.ContactData(),
    )


def _register(tx: Transaction, kind: OrganisationKind, wish: Registration) -> Organisation:
    profile = _profile(wish)
    organisation = Organisation.register(
        id=tx.new_id(),
        kind=kind,
        profile=profile,
        first_email=wish.admin_email or profile.contact.email,
        by=tx.actor.organisation_id,
        at=tx.at,
    )
    tx.add(organisation)
    if wish.admin_email is not None:
        name = wish.admin_name or profile.contact.person or wish.admin_email
        with duplicates_refused():
            # The invitation's row may only be written by who has registered the organisation.
            tx.flush()
        _invite(tx, organisation, wish.admin_email, name, frozenset({ADMINISTRATOR_OF[kind]}))
    return organisation


def _own(tx: Transaction) -> Party:
    return tx.peek(Organisation, tx.actor.organisation_id).party


def _terms(tx: Transaction, customer_id: UUID, wish: views.Terms) -> Terms:
    contact = None
    if wish.customer_contact_id is not None:
        contact = queries.responsible_contact(tx, customer_id, wish.customer_contact_id)
        if contact is None:
            raise nobody_responsible()
    return Terms(
        currency=wish.currency,
        tolerance_rate=wish.tolerance_rate,
        tolerance_base=wish.tolerance_base,
        lead_time_days=wish.lead_time_days,
        minimum_order=wish.minimum_order,
        payment_days=wish.payment_days,
        customer_contact=contact,
    )


def _link(tx: Transaction, customer: Party, supplier: Party, terms: Terms) -> Partnership:
    partnership = Partnership.link(
        id=tx.new_id(), customer=customer, supplier=supplier, terms=terms, at=tx.at
    )
    tx.add(partnership)
    with duplicates_refused():
        tx.flush()
    return partnership


def _invite(
    tx: Transaction, organisation: Organisation, email: str, name: str, roles: frozenset[Role]
) -> Invitation:
    link = Link.make(
        id=tx.new_id(),
        purpose=LinkPurpose.INVITATION,
        subject_id=tx.new_id(),
        organisation_id=organisation.id,
        at=tx.at,
    )
    invitation = Invitation.write(
        organisation=organisation.party,
        kind=organisation.kind,
        email=email,
        name=name,
        roles=roles,
        invited_by=person(tx.actor),
        link=link,
        at=tx.at,
    )
    tx.add(invitation)
    queries.add_link(tx, link)
    return invitation


def _invitation(tx: Transaction, invitation_id: UUID) -> Invitation:
    invitation = tx.get(Invitation, invitation_id)
    check_may_administer(tx.actor, invitation.organisation.id)
    return invitation


def _ask_for_activation(tx: Transaction, user: User, organisation: Party) -> None:
    link = Link.make(
        id=tx.new_id(),
        purpose=LinkPurpose.ACTIVATION,
        subject_id=user.id,
        organisation_id=organisation.id,
        email=user.email,
        at=tx.at,
    )
    user.ask_for_activation(organisation, link)
    queries.add_link(tx, link)


def _member(tx: Transaction, organisation_id: UUID, user_id: UUID) -> tuple[User, int]:
    """A member to change, and how many administrators there are besides; nobody changes that meanwhile."""
    check_may_administer(tx.actor, organisation_id)
    user = tx.get(User, user_id)
    membership = user.membership(organisation_id)
    queries.lock_organisation(tx, organisation_id)
    return user, queries.other_administrators(tx, organisation_id, membership.kind, user_id)


Service = AccountsService
