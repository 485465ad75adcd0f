"""Absolute addresses of pages, where it is configured how people reach them."""

from typing import Any

from flask import current_app, request, url_for


def absolute(endpoint: str, **values: Any) -> str:
    """Return the address that people reach a page by; empty where that is not configured."""
    public_url: str = current_app.extensions["public_url"]
    path = url_for(endpoint, **values).removeprefix(request.script_root)
    return public_url + path if public_url else ""


def webcal(address: str) -> str:
    """Return the address by which a calendar program subscribes to what it would only download otherwise."""
    return "webcal:" + address.partition(":")[2]
