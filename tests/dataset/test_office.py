"""Accounts and offices: who there is, drawn by hash."""

import re

import pytest

from mockcdrs.dataset import locales
from mockcdrs.dataset.accounts import DEMO_APPS
from mockcdrs.dataset.office import generate_accounts, generate_office, main_account_id


def test_the_accounts_of_a_seed_are_a_master_a_reseller_its_customers_and_a_child_of_one() -> None:
    master, reseller, main, sibling, child = generate_accounts(5)
    assert (master.tree, master.is_superduper_admin, master.is_reseller) == ((), True, True)
    assert (reseller.tree, reseller.is_superduper_admin, reseller.is_reseller) == ((master.id,), False, True)
    assert main.tree == (master.id, reseller.id)
    assert (main.is_superduper_admin, main.is_reseller) == (False, False)
    assert main.id == main_account_id(5)
    assert sibling.tree == main.tree
    assert child.tree == (*main.tree, main.id)
    assert not sibling.is_reseller
    assert not child.is_reseller


def test_ids_and_tokens_are_of_the_seed() -> None:
    one, other = generate_accounts(5), generate_accounts(6)
    assert one == generate_accounts(5)
    assert not {account.id for account in one} & {account.id for account in other}
    assert not {account.tokens[0].value for account in one} & {account.tokens[0].value for account in other}
    assert all(re.fullmatch(r"[0-9a-f]{32}", account.id) for account in one)


def test_a_token_acts_for_a_user_of_its_account() -> None:
    for account in generate_accounts(5):
        assert account.tokens[0].owner_id in {user["id"] for user in account.users}


@pytest.mark.parametrize("locale", locales.LOCALES)
def test_people_and_devices_have_what_the_api_shows(locale: str) -> None:
    office = generate_office(2, main_account_id(2), locale)
    keys = {"id", "first_name", "last_name", "username", "email", "priv_level", "presence_id", "timezone", "enabled"}
    assert all(keys <= user.keys() for user in office.account.users)
    assert len({user["id"] for user in office.account.users}) == len(office.account.users) >= 14
    assert len({user["presence_id"] for user in office.account.users}) == len(office.account.users)
    assert all(re.fullmatch(r"[a-z0-9.]+@example\.com", user["email"]) for user in office.account.users)
    assert all({"id", "name", "device_type", "sip", "enabled"} <= device.keys() for device in office.account.devices)
    desk = [device for device in office.account.devices if device["device_type"] == "sip_device"]
    assert all(re.fullmatch(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", device["mac_address"]) for device in desk)


def test_numbers_are_those_kept_free_for_fiction() -> None:
    office = generate_office(2, main_account_id(2))
    assert all(re.fullmatch(r"\+1\d{3}55501\d\d", party.number) for party in (*office.contacts, *office.toll_free))
    assert {party.number[:2] for party in office.international} <= {"+4", "+3", "+8"}


def test_another_account_of_the_same_seed_is_another_office() -> None:
    one, other = generate_office(2, "a" * 32), generate_office(2, "b" * 32)
    assert one.account.realm != other.account.realm
    assert not {user["id"] for user in one.account.users} & {user["id"] for user in other.account.users}


def test_another_locale_has_other_people_under_the_same_account() -> None:
    english, japanese = (generate_office(2, main_account_id(2), locale) for locale in ("en_US", "ja_JP"))
    assert english.account.id == japanese.account.id
    assert japanese.account.users[0]["first_name"] > "\u3000"
    assert japanese.account.users[0]["timezone"] == "Asia/Tokyo"


def test_an_office_with_more_phones_has_all_that_one_with_fewer_has() -> None:
    usual, big = generate_office(2, main_account_id(2)), generate_office(2, main_account_id(2), phones=7_000)
    assert len(big.phones) == 7_002
    assert big.account.users[: len(usual.account.users)] == tuple(usual.account.users)
    assert [phone.number for phone in big.phones[:20]] == [phone.number for phone in usual.phones[:20]]
    assert big.contacts[0].number == usual.contacts[0].number
    assert len({user["username"] for user in big.account.users}) == len(big.account.users)
    assert len({user["presence_id"] for user in big.account.users}) == len(big.account.users)
    assert len({phone.host for phone in big.phones}) == len(big.phones)


def test_neighbouring_phones_alone_are_of_one_user() -> None:
    devices = generate_office(2, main_account_id(2), phones=100).account.devices
    owners = [device["owner_id"] for device in devices]
    assert [place for place in range(2, 100) if owners[place] == owners[place - 1]] == list(range(2, 100, 3))
    assert not any(owners[place] == owners[place - 2] for place in range(2, 100))


def test_accounts_are_equal_if_their_people_are() -> None:
    assert generate_accounts(5)[2].users == tuple(generate_accounts(5)[2].users)
    assert generate_accounts(5)[2].users != generate_accounts(6)[2].users
    other: object = 5
    assert generate_accounts(5)[2].users != other


def test_nobody_outside_has_the_number_of_another() -> None:
    office = generate_office(2, main_account_id(2))
    outside = (*office.contacts, *office.mobiles, *office.gateway_contacts, *office.international, *office.toll_free)
    numbers = [*office.account.numbers, *(party.number for party in (*outside, *office.on_net))]
    assert len(set(numbers)) == len(numbers)


def test_users_have_the_app_that_shows_calls_first_and_the_account_its_own_lines() -> None:
    office = generate_office(1, main_account_id(1))
    names = {app["id"]: app["name"] for app in DEMO_APPS}
    assert {names[user["appList"][0]] for user in office.account.users} == {"voip"}
    assert office.account.document["ui_restrictions"] == {"myaccount": {}}
    assert set(office.account.numbers) > {line.number for line in (*office.lines, *office.queues, office.menu)}
    (main,) = (account for account in generate_accounts(1) if account.id == office.account.id)
    assert main == office.account
