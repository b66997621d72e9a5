"""The rules of ConfigMaps and Secrets.

Source: pkg/apis/core/validation/validation.go, ValidateConfigMap, ValidateSecret and their updates.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping

from podproof.simulator.api.faults import Fault, forbidden, invalid, required, too_long
from podproof.simulator.api.rules import Draft, Rules
from podproof.simulator.api.validation.metadata import IMMUTABLE
from podproof.simulator.model.names import config_key
from podproof.simulator.model.objects import Object

_LARGEST = 1024 * 1024
_UNCHANGEABLE = "field is immutable when `immutable` is set"
_ACCOUNT = "kubernetes.io/service-account.name"


def _key_faults(data: Mapping[str, str] | None, field: str) -> Iterator[Fault]:
    for key in sorted(data or {}):
        for detail in config_key(key):
            yield invalid(f"{field}[{key}]", key, detail)


def _config_map_faults(item: Object) -> Iterator[Fault]:
    data, binary = item.get("data") or {}, item.get("binaryData") or {}
    size = 0
    for key, value in sorted(data.items()):
        for detail in config_key(key):
            yield invalid(f"data[{key}]", key, detail)
        if key in binary:
            yield invalid(f"data[{key}]", key, "duplicate of key present in binaryData")
        size += len(value.encode())
    yield from _key_faults(binary, "binaryData")
    size += sum(len(base64.b64decode(value)) for value in binary.values())
    if size > _LARGEST:
        yield too_long("", _LARGEST)


def _config_map_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    if old.get("immutable"):
        if not item.get("immutable"):
            yield forbidden("immutable", _UNCHANGEABLE)
        for part in ("data", "binaryData"):
            if item.get(part) != old.get(part):
                yield forbidden(part, _UNCHANGEABLE)
    yield from _config_map_faults(item)


def _default_secret(secret: Draft) -> None:
    """Name the type, and fold the plain texts into the data.

    Source: pkg/apis/core/v1/defaults.go, SetDefaults_Secret; conversion.go, Convert_v1_Secret_To_core_Secret.
    """
    secret.setdefault("type", "Opaque")
    plain = secret.pop("stringData", None)
    if plain:
        secret.setdefault("data", {}).update(
            {key: base64.b64encode(value.encode()).decode() for key, value in plain.items()}
        )


def _secret_faults(secret: Object) -> Iterator[Fault]:
    data = secret.get("data") or {}
    yield from _key_faults(data, "data")
    if sum(len(base64.b64decode(value)) for value in data.values()) > _LARGEST:
        yield too_long("data", _LARGEST)
    check = _SECRET_TYPES.get(secret.get("type", ""))
    if check is not None:
        yield from check(secret, data)


def _account_token_faults(secret: Object, _: Mapping[str, str]) -> Iterator[Fault]:
    if not (secret["metadata"].get("annotations") or {}).get(_ACCOUNT):
        yield required(f"metadata.annotations[{_ACCOUNT}]")


def _json_faults(key: str) -> Callable[[Object, Mapping[str, str]], Iterator[Fault]]:
    def faults(_: Object, data: Mapping[str, str]) -> Iterator[Fault]:
        if key not in data:
            yield required(f"data[{key}]")
            return
        try:
            json.loads(base64.b64decode(data[key]))
        except ValueError:
            yield invalid(f"data[{key}]", "<secret contents redacted>", _json_error(base64.b64decode(data[key])))

    return faults


def _json_error(text: bytes) -> str:
    if not text.strip():
        return "unexpected end of JSON input"
    first = text.strip()[:1].decode(errors="replace")
    return f"invalid character '{first}' looking for beginning of value"


def _basic_faults(_: Object, data: Mapping[str, str]) -> Iterator[Fault]:
    if "username" not in data and "password" not in data:
        yield required("data[username]")
        yield required("data[password]")


def _required_keys(*keys: str) -> Callable[[Object, Mapping[str, str]], Iterator[Fault]]:
    def faults(_: Object, data: Mapping[str, str]) -> Iterator[Fault]:
        for key in keys:
            if key not in data:
                yield required(f"data[{key}]")

    return faults


def _ssh_faults(_: Object, data: Mapping[str, str]) -> Iterator[Fault]:
    if not data.get("ssh-privatekey"):
        yield required("data[ssh-privatekey]")


_SECRET_TYPES: Mapping[str, Callable[[Object, Mapping[str, str]], Iterator[Fault]]] = {
    "kubernetes.io/service-account-token": _account_token_faults,
    "kubernetes.io/dockercfg": _json_faults(".dockercfg"),
    "kubernetes.io/dockerconfigjson": _json_faults(".dockerconfigjson"),
    "kubernetes.io/basic-auth": _basic_faults,
    "kubernetes.io/ssh-auth": _ssh_faults,
    "kubernetes.io/tls": _required_keys("tls.crt", "tls.key"),
}


def _carry_secret(secret: Draft, old: Object) -> None:
    """Keep the type of a secret that names none.

    Source: pkg/registry/core/secret/strategy.go, PrepareForUpdate.
    """
    secret["type"] = secret.get("type") or old.get("type")


def _secret_update_faults(secret: Object, old: Object) -> Iterator[Fault]:
    if secret["type"] != old["type"]:
        yield invalid("type", secret["type"], IMMUTABLE)
    if old.get("immutable"):
        if not secret.get("immutable"):
            yield forbidden("immutable", _UNCHANGEABLE)
        if secret.get("data") != old.get("data"):
            yield forbidden("data", _UNCHANGEABLE)
    yield from _secret_faults(secret)


CONFIG_MAPS = Rules(validate=_config_map_faults, validate_update=_config_map_update_faults)
SECRETS = Rules(
    default=_default_secret,
    validate=_secret_faults,
    carry_over=_carry_secret,
    validate_update=_secret_update_faults,
    derives=True,
)
