"""Webhooks as JSON, and what was sent to them."""

from dataclasses import asdict
from typing import Any

from mockcdrs.control.backend import MockBackend
from mockcdrs.control.webhooks import WEBHOOK_KINDS
from mockcdrs.control_api import messages
from mockcdrs.control_api.access import ApiError
from mockcdrs.control_api.messages import NO_CONTENT, ApiRequest, ApiResponse, bad_value


def list_webhooks(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return all webhooks in order."""
    del request
    return ApiResponse([asdict(webhook) for webhook in backend.state.webhooks])


def add_webhook(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Post an event for each leg that ends from now on, as `Mock.add_webhook` does."""
    given: dict[str, Any] = messages.parse_members(request.body, WEBHOOK_KINDS, "a webhook")
    if "uri" not in given:
        raise bad_value("uri", None, "the URL of a server, as in http://127.0.0.1:9000/calls")
    with messages.refuse_wrong_arguments():
        return ApiResponse(asdict(backend.add_webhook(**given)), 201)


def remove_webhook(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Remove one webhook."""
    webhook_id = request.fields["webhook_id"]
    if not backend.state.webhooks.remove(webhook_id):
        message = f"{webhook_id!r:.80} came; no webhook has this id; see GET /_mockcdrs/webhooks"
        raise ApiError(404, "no-such-webhook", message)
    return NO_CONTENT


def list_attempts(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return the attempts to send events, oldest first."""
    del request
    return ApiResponse([asdict(attempt) for attempt in backend.state.webhooks.wait_for(0, 0)])
