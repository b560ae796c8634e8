"""HTTP resources of the accounts service.

Tokens of links and sessions never stand in an address (ASVS 14.2.1).
"""

from services.contracts.accounts import commands as accounts
from services.contracts.accounts import views
from services.gateway import signing
from services.gateway.routes import Internal, Route

_SESSION = frozenset({"session_token"})
_SECOND_FACTOR = "/profile/second-factor"
_ORGANISATION = "/organisations/{organisation_id}"
_MEMBER = _ORGANISATION + "/members/{user_id}"

ROUTES = (
    # Sessions. Signing in and out can be repeated without harm, so they need no key.
    Route(
        "POST",
        "/sessions",
        accounts.SignIn,
        status=201,
        keyed=False,
        handler=signing.sign_in,
        filled=frozenset({"address", "user_agent", "device_token"}),
        answers=views.Session,
    ),
    Route("GET", "/sessions", accounts.ListMySessions, handler=signing.with_session, filled=_SESSION),
    Route("GET", "/sessions/current", accounts.Authenticate, handler=signing.with_session, filled=_SESSION),
    Route(
        "DELETE",
        "/sessions/current",
        accounts.SignOut,
        keyed=False,
        handler=signing.sign_out,
        filled=_SESSION,
    ),
    Route("POST", "/sessions/current/act-for", accounts.ActFor, handler=signing.act_for, filled=_SESSION),
    Route(
        "DELETE", "/sessions/{session_id}", accounts.EndSession, handler=signing.with_session, filled=_SESSION
    ),
    Route(
        "POST",
        "/sessions/end-others",
        accounts.EndOtherSessions,
        handler=signing.with_session,
        filled=_SESSION,
    ),
    # One's own account.
    Route("GET", "/profile", accounts.GetMyProfile),
    Route("PUT", "/profile", accounts.ChangeMyProfile),
    Route(
        "POST",
        "/profile/change-password",
        accounts.ChangePassword,
        handler=signing.with_session,
        filled=_SESSION,
    ),
    Route(
        "POST", "/profile/change-email", accounts.ChangeMyEmail, handler=signing.with_session, filled=_SESSION
    ),
    *(
        Route(method, path, asked, handler=signing.with_session, filled=_SESSION)
        for method, path, asked in (
            ("GET", _SECOND_FACTOR, accounts.GetSecondFactor),
            ("POST", f"{_SECOND_FACTOR}/begin", accounts.BeginSecondFactor),
            ("POST", f"{_SECOND_FACTOR}/confirm", accounts.ConfirmSecondFactor),
            ("POST", f"{_SECOND_FACTOR}/renew-recovery-codes", accounts.RenewRecoveryCodes),
            ("POST", f"{_SECOND_FACTOR}/disable", accounts.DisableSecondFactor),
        )
    ),
    Route(
        "POST",
        "/password-resets",
        accounts.RequestPasswordReset,
        handler=signing.ask_for_reset,
        filled=frozenset({"address"}),
    ),
    Route("POST", "/password-resets/complete", accounts.ResetPassword, handler=signing.by_anyone),
    Route("POST", "/email-confirmations", accounts.ConfirmEmail, handler=signing.by_anyone),
    # Organisations.
    Route("GET", "/organisations", accounts.ListOrganisations),
    Route(
        "POST", "/organisations", accounts.RegisterOrganisation, status=201, location="/organisations/{id}"
    ),
    Route("GET", _ORGANISATION, accounts.GetOrganisation),
    Route("PUT", _ORGANISATION, accounts.ChangeOrganisation),
    Route("GET", _ORGANISATION + "/contact-card", accounts.GetContactCard),
    Route("GET", "/operator/contact-card", accounts.GetOperatorCard),
    Route("POST", _ORGANISATION + "/notification-emails", accounts.AddNotificationEmail),
    Route("POST", _ORGANISATION + "/notification-emails/remove", accounts.RemoveNotificationEmail),
    # Users of an organisation.
    Route("GET", _ORGANISATION + "/members", accounts.ListMembers),
    Route(
        "POST",
        _ORGANISATION + "/members",
        accounts.CreateUser,
        status=201,
        location="/organisations/{organisation_id}/members/{user_id}",
    ),
    Route("GET", _MEMBER, accounts.GetMember),
    Route("DELETE", _MEMBER, accounts.RemoveMember),
    Route("PUT", _MEMBER + "/roles", accounts.ChangeRoles),
    Route("POST", _MEMBER + "/suspend", accounts.SuspendMember),
    Route("POST", _MEMBER + "/resume", accounts.ResumeMember),
    Route("GET", _MEMBER + "/activation-link", accounts.GetActivationLink),
    Route("POST", _MEMBER + "/renew-activation", accounts.RenewActivation),
    Route("POST", "/activations", accounts.ActivateAccount, handler=signing.by_anyone),
    Route("GET", _ORGANISATION + "/invitations", accounts.ListInvitations),
    Route("POST", _ORGANISATION + "/invitations", accounts.InviteUser, status=201),
    Route("POST", "/invitations/{invitation_id}/resend", accounts.ResendInvitation),
    Route("POST", "/invitations/{invitation_id}/withdraw", accounts.WithdrawInvitation),
    Route("POST", "/invitations/read", accounts.ReadInvitation, handler=signing.by_anyone),
    Route("POST", "/invitations/accept", accounts.AcceptInvitation, handler=signing.by_anyone),
    # Suppliers, customers and the partnerships between them.
    Route("GET", "/suppliers", accounts.FindSuppliers),
    Route("POST", "/suppliers", accounts.RegisterSupplier, status=201, location="/partnerships/{id}"),
    Route("POST", "/customers", accounts.RegisterCustomer, status=201, location="/partnerships/{id}"),
    Route("GET", "/partnerships", accounts.ListPartnerships),
    Route("POST", "/partnerships", accounts.LinkSupplier, status=201, location="/partnerships/{id}"),
    Route("GET", "/partnerships/{partnership_id}", accounts.GetPartnership),
    Route("PUT", "/partnerships/{partnership_id}/terms", accounts.ChangeTerms),
    Route("POST", "/partnerships/{partnership_id}/disable-portal", accounts.DisableSupplierPortal),
    Route("POST", "/partnerships/{partnership_id}/enable-portal", accounts.EnableSupplierPortal),
    # API keys.
    Route("GET", "/api-keys", accounts.ListApiKeys),
    Route("POST", "/api-keys", accounts.CreateApiKey, status=201),
    Route("POST", "/api-keys/{key_id}/revoke", accounts.RevokeApiKey),
)

INTERNAL = (Internal(accounts.AuthenticateKey, "The gateway asks it for each request that carries a key."),)
