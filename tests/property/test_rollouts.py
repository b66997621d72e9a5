"""A rollout keeps its promises at every moment, whatever its size and its limits."""

from math import ceil, floor

from hypothesis import given, settings
from hypothesis import strategies as st

from podproof.clusters.simulated import SimulatedCluster
from podproof.manifests import load
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import seconds
from podproof.steps import ownership

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: {replicas}
  strategy:
    rollingUpdate: {{maxSurge: {surge}%, maxUnavailable: {unavailable}%}}
  selector:
    matchLabels: {{app: web}}
  template:
    metadata:
      labels: {{app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: main
          image: {image}
          command: [sleep, "36000"]
          readinessProbe:
            exec: {{command: ["true"]}}
            initialDelaySeconds: 1
"""
percent = st.sampled_from([0, 20, 25, 50, 100])


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 6), percent, percent)
def test_never_more_than_surge_and_never_fewer_than_availability_allows(
    replicas: int, surge: int, unavailable: int
) -> None:
    if not surge and not unavailable:
        return
    cluster = SimulatedCluster()
    for image in ("busybox:1.28", "busybox:1.36"):
        limits = {"replicas": replicas, "surge": surge, "unavailable": unavailable}
        cluster.apply(load(DEPLOYMENT.format(image=image, **limits), "web.yaml"))
        cluster.pass_time(seconds(120))
    above, missing = ceil(surge * replicas / 100), floor(unavailable * replicas / 100)
    missing = missing or (0 if above else 1)
    crowds = list(ownership.crowds(cluster.record(), Ref("Deployment", "default", "web")))
    filled = next(place for place, crowd in enumerate(crowds) if crowd.ready == replicas)

    assert max(crowd.pods for crowd in crowds) <= replicas + above
    assert min(crowd.ready for crowd in crowds[filled:]) >= replicas - missing
    assert crowds[-1].pods == crowds[-1].ready == replicas
    assert cluster.get(Ref("Deployment", "default", "web"))["status"]["updatedReplicas"] == replicas  # type: ignore[index]
    cluster.close()
