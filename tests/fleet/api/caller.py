"""Calls an ASGI application in this process, as a browser or curl would over HTTP."""

import asyncio
from typing import Any

import httpx
from fastapi import FastAPI

BASE = "http://127.0.0.1:8080"


def call(app: FastAPI, method: str, path: str, **kwargs: Any) -> httpx.Response:
    async def calling() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            return await client.request(method, path, **kwargs)

    return asyncio.run(calling())
