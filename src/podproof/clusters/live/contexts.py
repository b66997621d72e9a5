"""Which cluster a run may touch: a context that the user has named, pinned so that it stays that one.

Source: staging/src/k8s.io/client-go/tools/clientcmd/loader.go, ClientConfigLoadingRules.Load (the first file that sets
a value wins; paths in a file are relative to it).
"""

import base64
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from podproof.errors import PodproofError

_CERTIFICATES = {
    "certificate-authority": "certificate-authority-data",
    "client-certificate": "client-certificate-data",
    "client-key": "client-key-data",
}
_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
IN_CLUSTER = "in-cluster"
"""The context of a pod's own service account."""
_POOL = 128
"""Connections that are kept: a watch of each resource, and a few calls beside them."""


class ContextError(PodproofError, ValueError):
    """No cluster may be touched; `why` says what is missing, `there` are the contexts of the kubeconfig."""

    def __init__(self, why: str, there: tuple[str, ...]) -> None:
        super().__init__(why, there)
        self.why, self.there = why, there

    def __str__(self) -> str:
        found = f"the kubeconfig has {', '.join(self.there)}" if self.there else "the kubeconfig has no context"
        return f"{self.why}; {found}"


class MissingExtraError(PodproofError):
    """The extra is not installed that `what` needs, for what it brings."""

    def __init__(self, what: str, extra: str = "live", brings: str = "the kubernetes client") -> None:
        super().__init__(what, extra, brings)
        self.what, self.extra, self.brings = what, extra, brings

    def __str__(self) -> str:
        return f"{self.what} needs {self.brings}: pip install 'podproof[{self.extra}]'"


def is_installed() -> bool:
    """Say whether the kubernetes client is there."""
    return find_spec("kubernetes") is not None


def check_installed(what: str) -> None:
    """Make sure that clusters can be reached.

    Raises:
        MissingExtraError: they cannot.
    """
    if not is_installed():
        raise MissingExtraError(what)


@dataclass(frozen=True, slots=True)
class Target:
    """A cluster that may be touched, and the kubeconfig (as a value) that leads there and nowhere else."""

    context: str
    server: str
    config: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.context} at {self.server}"


def target(config: Mapping[str, Any], named: str = "", allowed: Sequence[str] = ()) -> Target:
    """Return the cluster that the user has named: by an option, or by allowing the current context.

    Raises:
        ContextError: the user has not, or there is no such context.
    """
    there = tuple(each["name"] for each in config.get("contexts") or ())
    context = named or str(config.get("current-context") or "")
    if named and allowed and named not in allowed:
        raise ContextError(f"context {named!r} is not among allowed-contexts ({', '.join(allowed)})", there)
    if not named and context not in allowed:
        raise ContextError(
            f"nobody said that the cluster of context {context!r} may be touched: "
            "name one with --kube-context, or list it in allowed-contexts of podproof.yaml",
            there,
        )
    if context not in there:
        raise ContextError(f"there is no context {context!r}", there)
    pinned = _pinned(config, context)
    return Target(context, str(pinned["clusters"][0]["cluster"].get("server", "")), pinned)


def load(environment: Mapping[str, str], home: Path, account: Path = _ACCOUNT) -> dict[str, Any]:
    """Return the kubeconfig that kubectl would use: of $KUBECONFIG, else ~/.kube/config.

    In a pod whose service account is mounted at `account` there is one context more, `in-cluster`: the cluster that
    the pod runs in. It too is touched only when it is named.

    Raises:
        ContextError: a file cannot be used.
    """
    named = [Path(each) for each in environment.get("KUBECONFIG", "").split(os.pathsep) if each]
    merged: dict[str, Any] = {"clusters": [], "users": [], "contexts": []}
    for path in named or [home / ".kube" / "config"]:
        if path.is_file():
            _merge(merged, _read(path), path.parent.absolute())
    if (account / "token").is_file() and environment.get("KUBERNETES_SERVICE_HOST"):
        _merge(merged, _of_account(environment, account), account)
    return merged


def _of_account(environment: Mapping[str, str], account: Path) -> Mapping[str, Any]:
    """Return the kubeconfig of a pod's own service account.

    Source: staging/src/k8s.io/client-go/rest/config.go, InClusterConfig.
    """
    host, port = environment["KUBERNETES_SERVICE_HOST"], environment.get("KUBERNETES_SERVICE_PORT", "443")
    server = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    return {
        "clusters": [{"name": IN_CLUSTER, "cluster": {"server": server, "certificate-authority": "ca.crt"}}],
        "users": [{"name": IN_CLUSTER, "user": {"tokenFile": "token"}}],
        "contexts": [{"name": IN_CLUSTER, "context": {"cluster": IN_CLUSTER, "user": IN_CLUSTER}}],
    }


def client_of(config: Mapping[str, Any]) -> Any:
    """Return the kubernetes client for a pinned kubeconfig."""
    from kubernetes.client import Configuration
    from kubernetes.config import new_client_from_config_dict

    configuration = Configuration()
    configuration.connection_pool_maxsize = _POOL
    return new_client_from_config_dict(  # type: ignore[no-untyped-call]
        dict(config), client_configuration=configuration
    )


def _read(path: Path) -> Mapping[str, Any]:
    import yaml

    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ContextError(f"{path} cannot be read: {error}", ()) from None
    if not isinstance(found, Mapping):
        raise ContextError(f"{path} is no kubeconfig", ())
    return found


def _merge(merged: dict[str, Any], more: Mapping[str, Any], folder: Path) -> None:
    for part, inner in (("clusters", "cluster"), ("users", "user"), ("contexts", "context")):
        known = {each["name"] for each in merged[part]}
        for each in more.get(part) or ():
            if each["name"] not in known:
                merged[part].append({"name": each["name"], inner: _located(each.get(inner) or {}, folder)})
    if not merged.get("current-context"):
        merged["current-context"] = more.get("current-context", "")


def _located(row: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    files = (*_CERTIFICATES, "tokenFile")
    return {key: str(folder / value) if key in files and value else value for key, value in row.items()}


def _pinned(config: Mapping[str, Any], context: str) -> dict[str, Any]:
    """Return the kubeconfig of one context alone, with what its files have today."""
    chosen = _named(config, "contexts", context)
    parts = chosen["context"]
    cluster = _named(config, "clusters", parts.get("cluster", ""))
    users = [_named(config, "users", parts["user"])] if parts.get("user") else []
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": context,
        "contexts": [chosen],
        "clusters": [{"name": cluster["name"], "cluster": _embedded(cluster["cluster"])}],
        "users": [{"name": each["name"], "user": _embedded(each["user"])} for each in users],
    }


def _named(config: Mapping[str, Any], part: str, name: str) -> Mapping[str, Any]:
    for each in config[part]:
        if each["name"] == name:
            found: Mapping[str, Any] = each
            return found
    there = tuple(each["name"] for each in config["contexts"])
    raise ContextError(f"the kubeconfig has no {part.removesuffix('s')} {name!r}, which its context names", there)


def _embedded(row: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(row)
    for file, data in _CERTIFICATES.items():
        if path := found.pop(file, None):
            try:
                found.setdefault(data, base64.b64encode(Path(path).read_bytes()).decode())
            except OSError as error:
                raise ContextError(f"{path} cannot be read: {error.strerror}", ()) from None
    return found
