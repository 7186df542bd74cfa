"""Every module that is served, by its name in a path."""

from mockcdrs.crossbar.resources.accounts import ACCOUNTS
from mockcdrs.crossbar.resources.api_auth import API_AUTH
from mockcdrs.crossbar.resources.apps_store import APPS_STORE
from mockcdrs.crossbar.resources.auth import AUTH
from mockcdrs.crossbar.resources.cdrs import CDRS
from mockcdrs.crossbar.resources.devices import DEVICES
from mockcdrs.crossbar.resources.resource import Resource
from mockcdrs.crossbar.resources.user_auth import USER_AUTH
from mockcdrs.crossbar.resources.users import USERS
from mockcdrs.crossbar.resources.whitelabel import WHITELABEL

RESOURCES: dict[str, Resource] = {
    "accounts": ACCOUNTS,
    "api_auth": API_AUTH,
    "apps_store": APPS_STORE,
    "auth": AUTH,
    "cdrs": CDRS,
    "devices": DEVICES,
    "user_auth": USER_AUTH,
    "users": USERS,
    "whitelabel": WHITELABEL,
}
