"""Several mocks side by side, in threads: none sees another."""

import threading

import requests

import mockcdrs


def test_each_thread_has_its_own():
    counts = {}

    def use(seed):
        with mockcdrs.serving(seed=seed) as mock:
            mock.clear()
            mock.add_call()
            answer = requests.get(mock.url_for("/cdrs"), headers={"X-Auth-Token": mock.auth_token}, timeout=10)
            counts[seed] = (len(answer.json()["data"]) == mock.expected().count, len(mock.requests))

    threads = [threading.Thread(target=use, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == dict.fromkeys(range(4), (True, 1))


def test_a_clients_threads_share_one_mock(mockcdrs):
    def ask():
        requests.get(mockcdrs.url_for("/cdrs"), headers={"X-Auth-Token": mockcdrs.auth_token}, timeout=10)

    for _ in range(4):
        threading.Thread(target=ask).start()
    assert len(mockcdrs.wait_for(4)) == 4
