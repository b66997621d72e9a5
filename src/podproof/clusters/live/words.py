"""What the fields of Kubernetes' structs are for, in the words of the kubernetes client's models."""

import re
from collections.abc import Mapping
from functools import cache

_PREFIX = re.compile(r"(?:[A-Z][a-z]+)?V\d+(?:(?:alpha|beta)\d+)?(?=[A-Z])")


@cache
def of(version: str, struct: str) -> Mapping[str, str]:
    """Return what is said of a struct, by "", and of its fields, by their names; nothing where it is not known.

    A struct of a group that shares its name with another's is found under either: their words are nearly the same.
    """
    from kubernetes.client import models

    wanted = (f"{version.capitalize()}{struct}", f"V1{struct}")
    named = [each for each in dir(models) if _PREFIX.sub("", each) == struct]
    found = next((each for each in (*wanted, *named) if each in named), None)
    if found is None:
        return {}
    model = getattr(models, found)
    told = {facts.serialization_alias or name: facts.description or "" for name, facts in model.model_fields.items()}
    head = (model.__doc__ or "").partition("Attributes:")[0]
    return {"": " ".join(head.split()), **told}
