"""Clients of an event loop: httpx and aiohttp, with the fixture, and with a mock for an `async with` block."""

import asyncio

import aiohttp
import httpx

import mockcdrs as package


async def fetch_with_httpx(url, token):
    async with httpx.AsyncClient(headers={"X-Auth-Token": token}) as client:
        return (await client.get(url)).json()["data"]


async def fetch_with_aiohttp(url, token):
    async with aiohttp.ClientSession(headers={"X-Auth-Token": token}) as session, session.get(url) as answer:
        return (await answer.json())["data"]


def test_a_task_waits_for_what_others_ask(mockcdrs):
    async def run():
        url, token = mockcdrs.url_for("/cdrs"), mockcdrs.auth_token
        polling = [asyncio.create_task(fetch(url, token)) for fetch in (fetch_with_httpx, fetch_with_aiohttp)]
        requests = await mockcdrs.wait_for_async(2)
        return requests, [await task for task in polling]

    requests, (one, other) = asyncio.run(run())
    assert [record.status for record in requests] == [200, 200]
    assert one == other


def test_a_mock_for_an_async_block():
    async def run():
        async with package.serving(seed=7) as mock:
            call = mock.add_call(seconds=75)
            rows = await fetch_with_httpx(mock.url_for("/cdrs"), mock.auth_token)
            return call.id in {row["interaction_id"] for row in rows}

    assert asyncio.run(run())
