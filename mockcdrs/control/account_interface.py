"""The interface of one account of a mock: its address, and what a test does with its people and its calls."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Unpack

from mockcdrs import arguments
from mockcdrs.control.additions import (
    DEVICE,
    NUMBER,
    USER,
    CallArguments,
    Device,
    Interaction,
    User,
    check_series,
    read_arguments,
    read_call,
)
from mockcdrs.control.clock import parse_time
from mockcdrs.dataset import fixtures
from mockcdrs.dataset.store import Document

if TYPE_CHECKING:
    from mockcdrs.dataset.accounts import Credentials
    from mockcdrs.expected.query import ListingQuery
    from mockcdrs.expected.result import Expected


class ApiAddress(ABC):
    """The address of an account's API: URL, account and token, of a mock or of a real Kazoo."""

    @property
    @abstractmethod
    def url(self) -> str:
        """The URL that a client is configured with. It ends in `/v2`."""

    @property
    @abstractmethod
    def account_id(self) -> str:
        """The id of the account that holds the calls."""

    @property
    @abstractmethod
    def auth_token(self) -> str:
        """A token of that account, for the header `X-Auth-Token`."""

    @arguments.checked
    def url_for(self, path: str) -> str:
        """The URL of a path below the account: `/cdrs` gives `.../v2/accounts/{account_id}/cdrs`."""
        from mockcdrs.control.request_assertions import BELOW_ACCOUNT  # which `mockcdrs serve` does without

        arguments.check_value("path", path, BELOW_ACCOUNT)
        return f"{self.url}/accounts/{self.account_id}/{path.lstrip('/')}"

    def __str__(self) -> str:
        return self.url


class AccountInterface(ApiAddress):
    """One account of a mock. Wrong arguments raise `ArgumentError`, which is a `ValueError`."""

    @property
    @abstractmethod
    def user_id(self) -> str:
        """The id of a user of the account. Raises `LookupError` if it has none."""

    @property
    @abstractmethod
    def credentials(self) -> "Credentials":
        """What a client logs in with."""

    @abstractmethod
    def clear(self) -> None:
        """Remove all calls of the account, until the next reset."""

    @arguments.checked
    def add_user(
        self,
        name: str | None = None,
        *,
        username: str | None = None,
        email: str | None = None,
        extension: str | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> User:
        """Add a user to the account, until the next reset. The first user of an account is its administrator.

        Args:
            name: First and last name; drawn, if left out.
            username: What the user logs in by, with the password `mockcdrs`.
            email: The user's address.
            extension: The user's number inside the account.
            fields: Fields of the user's document. An object is merged into the document's.

        """
        given = {"name": name, "username": username, "email": email, "extension": extension, "fields": fields}
        return self._add_user(read_arguments(given, USER))

    @abstractmethod
    def _add_user(self, given: Mapping[str, Any]) -> User: ...

    @arguments.checked
    def add_device(
        self,
        name: str | None = None,
        *,
        owner: User | str | None = None,
        device_type: str = "sip_device",
        fields: Mapping[str, Any] | None = None,
    ) -> Device:
        """Add a device to the account, until the next reset.

        Args:
            name: The device's name.
            owner: The user whose device it is, as `add_user` gives it, or the user's id.
            device_type: Kazoo's name of the kind of device.
            fields: Fields of the device's document. An object is merged into the document's.

        """
        given = {"name": name, "owner": owner, "device_type": device_type, "fields": fields}
        return self._add_device(read_arguments(given, DEVICE))

    @abstractmethod
    def _add_device(self, given: Mapping[str, Any]) -> Device: ...

    @arguments.checked
    def add_number(self, number: str | None = None) -> str:
        """Add a telephone number in E.164 to the account, until the next reset, and return it.

        A number that is left out is drawn. A user can log in with a number of the account's instead of its name.
        """
        return self._add_number(read_arguments({"number": number}, NUMBER))

    @abstractmethod
    def _add_number(self, given: Mapping[str, Any]) -> str: ...

    @arguments.named_only("add_call(scenario='inbound_answered')")
    def add_call(self, /, *, at: str | datetime | int | None = None, **call: Unpack[CallArguments]) -> Interaction:
        """Add a call with all its legs.

        Args:
            at: When its last leg ended: ISO 8601 or a `datetime`, both in UTC unless they say otherwise, or Gregorian
                seconds. Now, if left out.
            call: All that follows; whatever is left out follows from the scenario.

                scenario: Name of the scenario; that of the direction, else `inbound_answered`, if left out.
                direction: `inbound`, `outbound` or `internal`, instead of a scenario.
                caller, callee: Their numbers.
                caller_name, callee_name: Their names.
                seconds: The seconds billed: from the answer to the end.
                ringing: The seconds before the answer, which nobody is billed for.
                owner: The user whose call it is, as `add_user` gives it, or the user's id. It takes the place of the
                    first user that the scenario has, on that user's legs.
                device: The device that the owner's legs are of, or its id.
                rate: Dollars a minute, or some of `per_minute`, `surcharge` (dollars), `increment`, `minimum`,
                    `free_seconds` and `name`. It is that of the leg to the carrier, in an internal call that of the
                    caller's leg, for the account and its reseller.
                billing: `per_minute`, `allotment` or `flat`: how the account is billed for that leg. With a rate it is
                    `per_minute`, if left out.
                recording: Whether the call was recorded.
                tags: Custom application variables of each leg, by which clients tell transfers and ring groups apart,
                    as in `{"ring_group": "Sales"}`.
                fields: Fields of each leg's document. An object is merged into the leg's.

        Raises:
            UnknownScenario: for a scenario that is not known.
            NotACdr: for `fields` that no CDR can have.

        """
        read = read_call({"at": at, **call})
        return self._add_call(None if at is None else parse_time(at), read)

    @abstractmethod
    def _add_call(self, end_gregorian: int | None, call: Mapping[str, Any]) -> Interaction: ...

    @arguments.checked
    def add_calls(
        self,
        /,
        count: int,
        over: timedelta,
        *,
        at: str | datetime | int | None = None,
        **call: Unpack[CallArguments],
    ) -> list[Interaction]:
        """Add many calls, which differ in the parties that are not given, oldest first.

        Args:
            count: How many.
            over: The stretch of time over which their ends are spread evenly.
            at: When the last of them ended, as for `add_call`.
            call: What is the same for all, as for `add_call`.

                scenario, direction: Which calls they are.
                caller, callee, caller_name, callee_name: The parties.
                seconds, ringing: The seconds billed, and those before the answer.
                owner, device: Whose calls they are.
                rate, billing: What they cost.
                recording, tags, fields: What else their legs have.

        """
        read = read_call({"at": at, **call})
        check_series(count, over)
        return self._add_calls(count, over, None if at is None else parse_time(at), read)

    @abstractmethod
    def _add_calls(
        self, count: int, over: timedelta, end_gregorian: int | None, call: Mapping[str, Any]
    ) -> list[Interaction]: ...

    @abstractmethod
    def add_cdr(self, document: Document) -> Document:
        """Add a CDR's document as it is, and return it with what Kazoo itself writes where that was missing.

        Args:
            document: Without `timestamp` it is a call that ends now; without `pvt_created` it was written when it
                ended. A time that no calendar has puts it into this month.

        Raises:
            NotACdr: for what no CDR can be, also for times in Unix seconds.

        """

    @abstractmethod
    def remove(self, cdr_id: str) -> None:
        """Remove a CDR of the account. Raises `KeyError` if it does not exist."""

    @abstractmethod
    def expected(self, /, path: str = "/cdrs", **query: "Unpack[ListingQuery]") -> "Expected":
        """What a correct client must end up with, all pages together.

        Args:
            path: The path below the account: `/cdrs` and `/cdrs/interaction`, also below `/users/ID`;
                `/cdrs/summary`, `/cdrs/legs/ID` or `/cdrs/ID`.
            query: All that follows.

                created_from, created_to: The range in Gregorian seconds; Crossbar's default range if left out.
                filter_FIELD, filter_not_FIELD: Crossbar's filters. That of a field within another one is given as
                    `**{"filter_custom_channel_vars.bridge_id": ...}`.
                has_key, key_missing, has_value, value_missing: Crossbar's filters by whether a field is there.
                utc_offset: Seconds that are added to the times of rows. It does not change what is expected.
                page_size, paginate, chunk_size, is_chunked: How the client walks. With one of them no more is
                    expected than such a walk reaches.
                ascending, descending: The direction. It also says which of two equal legs stands for an interaction.

        Raises:
            UnsupportedQuery: for another path and other parameters.

        """

    @arguments.checked
    def edge(self, name: str) -> list[Document]:
        """Add the documents of a named edge case, and return them. Raises `KeyError` for a name that is not known."""
        arguments.check_value("name", name, arguments.TEXT)
        catalogue = fixtures.load_edge_cases()
        if name not in catalogue:
            raise KeyError(f"{name!r} is no edge case: expected one of {', '.join(catalogue)}")
        return [self.add_cdr({**document, "pvt_account_id": self.account_id}) for document in catalogue[name]]
