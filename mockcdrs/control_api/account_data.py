"""The accounts: what a client is configured with, and the accounts, users, devices and numbers that are added."""

from collections.abc import Mapping, Sequence
from typing import Any

from mockcdrs import arguments
from mockcdrs.control import additions
from mockcdrs.control.account_interface import AccountInterface
from mockcdrs.control.additions import Device, User
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.mock_interface import TEST_NAME
from mockcdrs.control_api import messages
from mockcdrs.control_api.messages import ApiRequest, ApiResponse
from mockcdrs.crossbar.account_documents import usable_apps
from mockcdrs.dataset.accounts import Account


def read_account(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return what a client is configured with, and all accounts: of the mock's own account, or of `account_id`."""
    return ApiResponse(_describe(backend, messages.find_account(backend, request), request.origin))


def _describe(backend: MockBackend, handle: AccountInterface, origin: str) -> dict[str, Any]:
    accounts = backend.state.data.accounts
    account, login = accounts[handle.account_id], handle.credentials
    return {
        "url": f"{origin}/v2",
        "ca_path": None if backend.ca_path is None else str(backend.ca_path),
        "account_id": account.id,
        "auth_token": backend.state.token_of(account) if account.tokens else "",
        "user_id": login.user_id,
        "name": account.name,
        "realm": account.realm,
        "username": login.username,
        "password": login.password,
        "api_key": login.api_key,
        "users": _list_users(account),
        "numbers": list(account.numbers),
        "accounts": [_describe_shortly(accounts, each) for each in accounts.values()],
    }


def _describe_shortly(accounts: Mapping[str, Account], account: Account) -> dict[str, Any]:
    parent = account.tree[-1] if account.tree else None
    return {
        "id": account.id,
        "name": account.name,
        "realm": account.realm,
        "parent": parent,
        "is_reseller": account.is_reseller,
        "tokens": [token.value for token in account.tokens],
        "users": _list_users(account),
        "devices": _list_named(account.devices),
        "apps": _list_named(usable_apps(accounts, account)),
    }


def _list_users(account: Account) -> list[dict[str, str]]:
    return [{"id": user["id"], "name": _name(user)} for user in account.users]


def _list_named(documents: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [{"id": each["id"], "name": str(each.get("name", ""))} for each in documents]


def _name(user: Any) -> str:
    return f"{user.get('first_name', '')} {user.get('last_name', '')}".strip()


def add_token(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Give a test a token of its own, as `Mock.issue_token` does, and return the account with it."""
    given = messages.parse_members(request.body, {"name": TEST_NAME}, "a test")
    with messages.refuse_wrong_arguments():
        arguments.check_present(given, ("name",), "a test")
        backend.issue_token(**given)
    return ApiResponse(_describe(backend, backend, request.origin), 201)


def add_account(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Add an account, as `Mock.add_account` does."""
    given = messages.parse_members(request.members, additions.ACCOUNT, "an account")
    with messages.refuse_wrong_arguments():
        return ApiResponse(_describe(backend, backend.add_account(**given), request.origin), 201)


def add_user(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Add a user to an account, as `Mock.add_user` does."""
    account = messages.find_account(backend, request)
    given = messages.parse_members(request.members, additions.USER, "a user")
    with messages.refuse_wrong_arguments():
        return _document_added(account.add_user(**given))


def add_device(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Add a device to an account, as `Mock.add_device` does."""
    account = messages.find_account(backend, request)
    given = messages.parse_members(request.members, additions.DEVICE, "a device")
    with messages.refuse_wrong_arguments():
        return _document_added(account.add_device(**given))


def add_number(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Add a telephone number to an account, as `Mock.add_number` does."""
    account = messages.find_account(backend, request)
    given = messages.parse_members(request.members, additions.NUMBER, "a number")
    with messages.refuse_wrong_arguments():
        return ApiResponse({"number": account.add_number(**given)}, 201)


def _document_added(added: User | Device) -> ApiResponse:
    return ApiResponse({"id": added.id, "name": added.name, "document": dict(added.document)}, 201)
