"""The certificates that httpx trusts, read once; left to itself it reads them for each request that has no client."""

import httpx

TRUSTED = httpx.create_ssl_context()
