"""A reseller with three children, their people and their calls: a world of the test's own, gone with the test."""

import requests


def test_a_reseller_sees_the_calls_of_its_children(mockcdrs):
    reseller = mockcdrs.add_account("Acme", is_reseller=True)
    children = [mockcdrs.add_account(name, parent=reseller.account_id) for name in ("East", "West", "North")]
    for child in children:
        ann = child.add_user("Ann Lee", extension="7001")
        phone = child.add_device("Ann's phone", owner=ann)
        child.add_call(owner=ann, device=phone, seconds=75)

    for child in children:
        rows = requests.get(child.url_for("/cdrs"), headers={"X-Auth-Token": reseller.auth_token}, timeout=10).json()[
            "data"
        ]
        assert sorted(row["id"] for row in rows) == sorted(child.expected().ids)
        assert child.expected().calls == 1
