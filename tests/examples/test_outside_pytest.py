import unittest

import requests

import mockcdrs


class SyncTest(unittest.TestCase):
    def test_new_calls_come_first(self):
        with mockcdrs.serving(seed=7) as mock:
            call = mock.add_call(seconds=75)
            answer = requests.get(mock.url_for("/cdrs"), headers={"X-Auth-Token": mock.auth_token}, timeout=10)
            self.assertEqual(answer.json()["data"][0]["interaction_id"], call.id)
