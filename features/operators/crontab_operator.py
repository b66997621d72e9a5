"""An operator written with kopf: for each CronTab a Deployment that runs its image, as many pods as it says."""

import asyncio

import kopf
from kubernetes import client, config


@kopf.on.startup()
def begin(settings: kopf.OperatorSettings, **_: object) -> None:
    config.load_kube_config()
    settings.posting.level = 20


@kopf.on.create("stable.example.com", "v1", "crontabs")
@kopf.on.update("stable.example.com", "v1", "crontabs", field="spec")
@kopf.on.resume("stable.example.com", "v1", "crontabs")
async def deploy(name: str, namespace: str, spec: kopf.Spec, patch: kopf.Patch, **_: object) -> None:
    await asyncio.to_thread(_apply, _deployment(name, spec), namespace)
    patch.status["replicas"] = spec["replicas"]


@kopf.on.delete("stable.example.com", "v1", "crontabs")
async def say_goodbye(name: str, namespace: str, **_: object) -> None:
    body = {"metadata": {"name": f"{name}-was-here"}, "data": {"crontab": name}}
    await asyncio.to_thread(client.CoreV1Api().create_namespaced_config_map, namespace, body)


def _deployment(name: str, spec: kopf.Spec) -> dict:
    labels = {"crontab": name}
    container = {"name": "cron", "image": spec["image"], "command": ["sleep", "1d"], "env": [
        {"name": "SCHEDULE", "value": spec["cronSpec"]},
    ]}  # fmt: skip
    body = {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
        "spec": {
            "replicas": spec["replicas"],
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }  # fmt: skip
    kopf.adopt(body)
    return body


def _apply(body: dict, namespace: str) -> None:
    client.AppsV1Api().patch_namespaced_deployment(
        body["metadata"]["name"], namespace, body, field_manager="crontab-operator", force=True,
        _content_type="application/apply-patch+yaml",
    )  # fmt: skip
