"""Property tests: the client holds for any calls that Hypothesis thinks of."""

from hypothesis import HealthCheck, given, settings

from mockcdrs import strategies


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=strategies.histories(accounts=1))
def test_a_listing_has_them_all(mockcdrs, history):
    with mockcdrs.data(history):
        client, path = mockcdrs.client(), f"/v2/accounts/{mockcdrs.account_id}/cdrs"
        rows = client.simulate_get(path, params={"paginate": "false"}).json["data"]
        assert {row["id"] for row in rows} == set(mockcdrs.expected().ids)
