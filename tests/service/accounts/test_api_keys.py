"""API keys on the real database."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.accounts.tables import api_keys
from services.chassis import wire
from services.contracts.accounts import commands, views
from services.contracts.actors import Actor, Role
from tests.service.accounts.conftest import Accounts


def create(accounts: Accounts, owner: Actor, *roles: Role, **more: Any) -> views.CreatedApiKey:
    wish = commands.CreateApiKey(name="Warehouse", roles=frozenset(roles or owner.roles), **more)
    created: views.CreatedApiKey = accounts.call(wish, owner)
    return created


def test_a_key_acts_for_its_owners_organisation(accounts: Accounts, supplier: Actor) -> None:
    created = create(accounts, supplier)

    grant = accounts.call(commands.AuthenticateKey(key=created.secret))

    assert (grant.key_id, grant.user.id) == (created.key.id, supplier.user_id)
    assert (grant.organisation.id, grant.roles) == (supplier.organisation_id, {Role.SUPPLIER_ADMIN})


def test_the_secret_is_stored_nowhere(accounts: Accounts, supplier: Actor) -> None:
    created = accounts.call(
        commands.CreateApiKey(name="Warehouse", roles=supplier.roles), supplier, command_id="once"
    )
    secret = created.secret.rsplit("_", 1)[1]

    with accounts.database.transaction() as tx:
        kept = str(tx.execute(select(api_keys)).all())
    everything = kept + str(accounts.facts())

    assert secret not in everything
    again = commands.CreateApiKey(name="Warehouse", roles=supplier.roles)
    assert accounts.refused(again, supplier, command_id="once").code == "key-reused"


FOR_PEOPLE_ONLY = {
    "add_notification_email", "remove_notification_email", "invite_user", "resend_invitation",
    "withdraw_invitation", "create_user", "get_activation_link", "renew_activation", "change_roles",
    "suspend_member", "resume_member", "remove_member", "change_my_profile", "create_api_key", "revoke_api_key",
}  # fmt: skip


def test_what_decides_about_people_and_keys_is_declared_for_people_only() -> None:
    declared = [each.__operation__ for each in vars(commands).values() if hasattr(each, "__operation__")]

    assert {each.name for each in declared if each.people_only} == FOR_PEOPLE_ONLY


@pytest.mark.parametrize("name", sorted(FOR_PEOPLE_ONLY))
def test_a_program_decides_nothing_about_people_and_keys_whatever_its_roles(
    accounts: Accounts, supplier: Actor, name: str
) -> None:
    program = replace(supplier, by_key=True)
    request = {"actor": wire.encode(program), "correlation_id": "test", "payload": {}}

    reply = json.loads(getattr(accounts.service, name)(request))

    assert reply["refused"]["code"] == "forbidden"
    assert "API key" in reply["refused"]["detail"]


@pytest.mark.parametrize(
    "change", [lambda key: key[:-1] + "x", lambda key: key.upper(), lambda key: "cp_" + key]
)
def test_a_key_that_was_changed_by_one_sign_opens_nothing(
    accounts: Accounts, supplier: Actor, change: Any
) -> None:
    secret = create(accounts, supplier).secret
    assert change(secret) != secret

    assert accounts.refused(commands.AuthenticateKey(key=change(secret))).status == 401


def test_a_revoked_key_opens_nothing_and_gateways_are_told(accounts: Accounts, supplier: Actor) -> None:
    created = create(accounts, supplier)

    accounts.call(commands.RevokeApiKey(key_id=created.key.id), supplier)

    assert accounts.refused(commands.AuthenticateKey(key=created.secret)).status == 401
    assert accounts.told("api-key-revoked")[-1]["key"]["id"] == str(created.key.id)


def test_a_key_ends_when_it_was_said_to_end(accounts: Accounts, supplier: Actor) -> None:
    created = create(accounts, supplier, expires_at=accounts.clock.now + timedelta(days=1))
    accounts.call(commands.AuthenticateKey(key=created.secret))

    accounts.clock.wait(days=1)

    assert accounts.refused(commands.AuthenticateKey(key=created.secret)).status == 401


def test_a_key_stops_with_its_owners_membership(accounts: Accounts, supplier: Actor) -> None:
    petro = accounts.member(supplier, "petro@dnipro.example", Role.SUPPLIER_USER)
    created = create(accounts, petro)
    ids = {"organisation_id": supplier.organisation_id, "user_id": petro.user_id}

    accounts.call(commands.SuspendMember(**ids), supplier)
    assert accounts.refused(commands.AuthenticateKey(key=created.secret)).status == 401
    accounts.call(commands.ResumeMember(**ids), supplier)

    accounts.call(commands.AuthenticateKey(key=created.secret))


def test_a_role_its_owner_has_lost_is_lost_to_the_key_too(accounts: Accounts, customer: Actor) -> None:
    both = accounts.member(customer, "b@lviv.example", Role.INITIATOR, Role.SUPPLIER_MANAGER)
    created = create(accounts, both)
    ids = {"organisation_id": customer.organisation_id, "user_id": both.user_id}

    accounts.call(commands.ChangeRoles(**ids, roles=frozenset({Role.INITIATOR})), customer)
    assert accounts.call(commands.AuthenticateKey(key=created.secret)).roles == {Role.INITIATOR}
    accounts.call(commands.ChangeRoles(**ids, roles=frozenset({Role.BUYER_ACCOUNTING})), customer)

    assert accounts.refused(commands.AuthenticateKey(key=created.secret)).status == 401


def test_a_key_does_no_more_than_its_owner(accounts: Accounts, supplier: Actor) -> None:
    petro = accounts.member(supplier, "petro@dnipro.example", Role.SUPPLIER_USER)

    wish = commands.CreateApiKey(name="Warehouse", roles=frozenset({Role.SUPPLIER_ADMIN}))

    assert accounts.refused(wish, petro).code == "more-than-own-roles"


def test_one_sees_and_revokes_ones_own_keys_and_an_administrator_all(
    accounts: Accounts, supplier: Actor
) -> None:
    petro = accounts.member(supplier, "petro@dnipro.example", Role.SUPPLIER_USER)
    admins, petros = create(accounts, supplier), create(accounts, petro)

    def listed(actor: Actor) -> list[Any]:
        return [key.id for key in accounts.call(commands.ListApiKeys(), actor).items]

    assert listed(supplier) == [petros.key.id, admins.key.id]
    assert listed(petro) == [petros.key.id]
    assert accounts.refused(commands.RevokeApiKey(key_id=admins.key.id), petro).status == 404
    accounts.call(commands.RevokeApiKey(key_id=petros.key.id), supplier)


def test_the_last_use_is_noted_to_the_minute(accounts: Accounts, supplier: Actor) -> None:
    created = create(accounts, supplier)
    for seconds in (0, 30, 40):
        accounts.clock.wait(seconds=seconds)
        accounts.call(commands.AuthenticateKey(key=created.secret))

    [key] = accounts.call(commands.ListApiKeys(), supplier).items

    assert key.last_used_at == accounts.clock.now


def test_keys_are_paged_the_newest_first(accounts: Accounts, supplier: Actor) -> None:
    made = [create(accounts, supplier).key.id for _ in range(3)]

    first = accounts.call(commands.ListApiKeys(limit=2), supplier)
    rest = accounts.call(commands.ListApiKeys(limit=2, after=first.next), supplier)

    assert [key.id for key in first.items + rest.items] == made[::-1]
