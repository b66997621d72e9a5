"""An operator written with the kubernetes client: it keeps a ConfigMap for each CronTab while it holds the Lease."""

import logging
import os

from kubernetes import client, config, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.leaderelection import leaderelection
from kubernetes.leaderelection.electionconfig import Config
from kubernetes.leaderelection.resourcelock.leaselock import LeaseLock

NAME, NAMESPACE = os.environ["PODPROOF_OPERATOR"], os.environ["PODPROOF_NAMESPACE"]
CRONTABS = ("stable.example.com", "v1", NAMESPACE, "crontabs")


def lead() -> None:
    """List, then watch from there, again and again: a watch may end at any moment."""
    crontabs = client.CustomObjectsApi()
    while True:
        listed = crontabs.list_namespaced_custom_object(*CRONTABS)
        for each in listed["items"]:
            reconcile(each)
        since = listed["metadata"]["resourceVersion"]
        stream = watch.Watch().stream(crontabs.list_namespaced_custom_object, *CRONTABS, resource_version=since)
        for event in stream:
            if event["type"] in ("ADDED", "MODIFIED"):
                reconcile(event["object"])


def reconcile(crontab: dict) -> None:
    meta = crontab["metadata"]
    owner = {"apiVersion": crontab["apiVersion"], "kind": "CronTab", "name": meta["name"], "uid": meta["uid"]}
    body = {
        "metadata": {"name": f"{meta['name']}-schedule", "ownerReferences": [owner]},
        "data": {"schedule": crontab["spec"]["cronSpec"], "by": NAME},
    }
    try:
        client.CoreV1Api().create_namespaced_config_map(NAMESPACE, body)
    except ApiException as error:
        if error.status != 409:
            raise
        client.CoreV1Api().patch_namespaced_config_map(body["metadata"]["name"], NAMESPACE, body)


logging.basicConfig(level=logging.INFO)
config.load_kube_config()
lock = LeaseLock("crontab-operator", NAMESPACE, NAME)
leaderelection.LeaderElection(Config(lock, 3, 2, 1, lead, None)).run()
