"""Several servers in one test, each made as it is needed; options for a project, or for one test."""

import pytest
import requests


@pytest.fixture(scope="session")
def mockcdrs_options():
    return {"settings": {"crossbar.pagination_page_size": 20}}


def listed(mock):
    answer = requests.get(mock.url_for("/cdrs"), headers={"X-Auth-Token": mock.auth_token}, timeout=10).json()
    return len(answer["data"]), answer["version"]


def test_two_clusters(make_mockcdrs):
    east, west = make_mockcdrs(seed=1), make_mockcdrs(seed=2, settings={"kazoo.version": "5.3.0"})
    assert (listed(east), listed(west)) == ((20, "4.3.142"), (20, "5.3.0"))
    assert east.url != west.url
    assert east.account_id != west.account_id


@pytest.mark.mockcdrs(settings={"crossbar.pagination_page_size": 7}, reseller=True)
def test_one_tests_own(mockcdrs):
    assert listed(mockcdrs)[0] == 7
