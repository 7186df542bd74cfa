"""The apps that an account may use, read-only (`cb_apps_store.erl`)."""

from mockcdrs.cdr.documents import public_fields
from mockcdrs.crossbar import directory
from mockcdrs.crossbar.content import Content
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.errors import system
from mockcdrs.crossbar.resources.resource import Parameters, Resource

_COLUMNS = (
    "id", "name", "i18n", "tags", "api_url", "source_url", "account_id", "users", "allowed_users", "masqueradable",
    "phase",
)  # fmt: skip


def _methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("GET",)
        case (_,):
            return ("POST", "PUT", "GET", "DELETE")
    return ()


def _get(context: Context) -> Content:
    if context.account is None:
        raise system("faulty_request")
    known = directory.apps_of(context.world.store.accounts, context.account)
    apps = {app["id"]: app for app in known if app.get("published", True)}
    _, parameters = context.nouns[0]
    if not parameters:
        rows = [{name: app[name] for name in _COLUMNS if name in app} for _, app in sorted(apps.items(), reverse=True)]
        return Content(rows, is_tagged=False)
    if parameters[0] not in apps:
        raise system("bad_identifier", details=parameters[0])
    app = public_fields(apps[parameters[0]])
    app_id = app.pop("id")
    return Content({**dict(sorted(app.items(), reverse=True)), "id": app_id}, is_tagged=False)


APPS_STORE = Resource(_methods, {"GET": _get})
