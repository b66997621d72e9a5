"""The kubeconfig that leads to this server, readable by nobody else."""

import base64
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

NAME = "podproof"


class Identity(NamedTuple):
    """What a client shows of itself: a token, or a certificate and its key (PEM). Nothing where nothing is asked."""

    token: str = ""
    certificate: bytes = b""
    key: bytes = b""


def kubeconfig(url: str, authority: bytes = b"", identity: Identity | None = None) -> dict[str, Any]:
    """Return a kubeconfig for a server; `authority` is the certificate (PEM) that vouches for it."""
    shown = identity or Identity()
    cluster = {"server": url, **_encoded("certificate-authority-data", authority)}
    user: dict[str, Any] = {"token": shown.token} if shown.token else {}
    user |= _encoded("client-certificate-data", shown.certificate) | _encoded("client-key-data", shown.key)
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": NAME, "cluster": cluster}],
        "users": [{"name": NAME, "user": user}],
        "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": NAME, "namespace": "default"}}],
        "current-context": NAME,
    }


def within(config: Mapping[str, Any], namespace: str) -> dict[str, Any]:
    """Return a kubeconfig whose contexts lead to a namespace."""
    placed = [{**each, "context": {**each["context"], "namespace": namespace}} for each in config["contexts"]]
    return {**config, "contexts": placed}


def write(path: Path, config: dict[str, Any]) -> None:
    """Write a kubeconfig in one step, so that nobody who waits for the file reads half of it.

    Raises:
        OSError: it cannot be written there.
    """
    import yaml

    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yaml.safe_dump(config, file, sort_keys=False)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _encoded(key: str, data: bytes) -> dict[str, str]:
    return {key: base64.b64encode(data).decode()} if data else {}
