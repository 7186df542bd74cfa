"""What Kazoo 4.3 has beside the modules that are served here: names of modules, and paths of those served in part.

Sources followed: `crossbar.hrl` for the modules that are loaded by default; the other modules of `crossbar`, and of the
applications `acdc`, `cccp` and `frontier`, which an operator may load.
"""

from collections.abc import Sequence

from mockcdrs.crossbar.context import Noun
from mockcdrs.crossbar.resources import path_matches

UNSERVED_MODULES = frozenset(
    {
        *("about", "blacklists", "clicktocall", "comments", "conferences", "configs", "connectivity"),
        *("contact_list", "faxboxes", "faxes", "hotdesks", "ips", "media", "metaflows", "notifications"),
        *("parked_calls", "pivot", "port_requests", "presence", "quickcall", "rates", "registrations"),
        *("resource_templates", "resources", "schemas", "search", "services", "sms", "system_configs", "tasks"),
        *("templates", "temporal_rules", "temporal_rules_sets", "token_restrictions", "transactions", "webhooks"),
        "websockets",
        # not loaded by default
        *("access_lists", "acdc_call_stats", "acls", "agents", "allotments", "apps_link", "bulk", "call_inspector"),
        *("cccps", "dialplans", "freeswitch", "global_provisioner_templates", "ip_auth", "lists"),
        *("local_provisioner_templates", "local_resources", "migrations", "mms", "onboard", "profile", "queues"),
        *("rate_limits", "resource_selectors", "shared_auth", "skels", "storage", "sup", "ubiquiti_auth"),
    }
)
"""Modules of 4.3 that the mock does not have, by their names in a path."""

_UNSERVED_PATHS = frozenset(
    {
        *(("apps_store", "blacklist"), ("apps_store", "*", "icon"), ("apps_store", "*", "screenshot", "*")),
        *(("auth", name) for name in ("apps", "authorize", "callback", "keys", "links", "providers")),
        *(("auth", name, "*") for name in ("apps", "keys", "links", "providers")),
        ("devices", "*", "sync"),
        *(("users", "*", "photo"), ("users", "*", "vcard")),
        ("whitelabel", "domains"),
    }
)
"""Paths of modules that the mock has in part; `*` is an id."""


def find_unserved(segments: Sequence[str], nouns: Sequence[Noun]) -> str:
    """What 4.3 has and the mock has not of a path, as in `media` or `users/*/photo`; empty if there is nothing.

    `segments` are those behind the version, `nouns` the served modules with their parameters, the last one first.
    """
    module, parameters = nouns[0] if nouns else ("", tuple(segments))
    name = next((each for each in parameters if each in UNSERVED_MODULES), "")
    path = next((path for path in _UNSERVED_PATHS if path_matches(path, (module, *parameters))), ())
    return name or "/".join(path)
