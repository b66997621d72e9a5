"""What a kubelet knows of its network, when it hears of a change, and what its node says then."""

import pytest

from podproof.clusters.simulated import SimulatedCluster
from podproof.simulator.control.kubelet.network_state import NetworkState
from podproof.simulator.control.kubelet.node_status import node_conditions
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.machine.cni import Cni
from podproof.simulator.machine.containers import SandboxConfig, SandboxError
from podproof.simulator.machine.network import Network
from podproof.simulator.model.times import Nanos, seconds

FAULT = (
    "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady "
    "message:Network plugin returns error: cni plugin not initialized"
)
POD = SandboxConfig("uid", "default", "web", "web")


def cni(cidr: str = "10.244.0.0/24") -> Cni:
    return Cni(Network(), cidr, "192.168.0.10")


def test_a_kubelet_hears_of_a_change_within_five_seconds() -> None:
    agenda, plugins, heard = Agenda(Nanos(0)), cni(), list[tuple[Nanos, str]]()
    state = NetworkState(agenda, plugins, Chance("a"))
    state.on_change = lambda: heard.append((agenda.now, state.fault))
    plugins.configured = False
    agenda.run_until(seconds(20))
    plugins.configured = True
    agenda.run_until(seconds(40))

    assert [fault for _, fault in heard] == [FAULT, ""]
    assert heard[0][0] <= seconds(5)
    assert heard[1][0] - heard[0][0] == seconds(20)


def test_what_was_mended_before_anybody_looked_is_never_heard_of() -> None:
    agenda, plugins, heard = Agenda(Nanos(0)), cni(), list[str]()
    state = NetworkState(agenda, plugins, Chance("a"))
    state.on_change = lambda: heard.append(state.fault)
    plugins.configured = False
    plugins.configured = True
    agenda.run_until(seconds(20))

    assert heard == []


def test_a_node_whose_network_is_not_ready_is_not_either() -> None:
    ready = next(each for each in node_conditions((), (), "now", FAULT) if each["type"] == "Ready")

    assert (ready["status"], ready["reason"], ready["message"]) == ("False", "KubeletNotReady", FAULT)


REFUSED = {
    "there is no configuration": (
        "10.244.0.0/24",
        False,
        'failed to setup network for sandbox "abc": cni plugin not initialized',
    ),
    "the range is used up": (
        "10.244.0.0/31",
        True,
        'failed to setup network for sandbox "abc": plugin type="flannel" failed (add): failed to delegate add: '
        "failed to allocate for range 0: no IP addresses available in range set: 10.244.0.1-10.244.0.0",
    ),
}


@pytest.mark.parametrize(("cidr", "configured", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_a_sandbox_gets_no_network_where(cidr: str, configured: bool, told: str) -> None:
    plugins = cni(cidr)
    plugins.configured = configured
    with pytest.raises(SandboxError) as refused:
        plugins.add("abc", POD)

    assert refused.value.message == f"rpc error: code = Unknown desc = {told}"


def test_a_sandbox_on_the_hosts_network_needs_no_plugin() -> None:
    plugins = cni()
    plugins.configured = False

    assert plugins.add("abc", POD._replace(host_network=True)).network is plugins.host


def test_an_address_is_free_again_once_its_sandbox_is_deleted() -> None:
    plugins = cni("10.244.0.0/30")
    first = plugins.add("abc", POD)
    plugins.delete(first)

    assert plugins.add("def", POD).network.address == first.network.address == "10.244.0.2"


def test_the_node_tells_of_it() -> None:
    cluster = SimulatedCluster()
    cluster.paths.configure("node1", configured=False)
    cluster.pass_time(seconds(20))
    cluster.paths.configure("node1", configured=True)
    cluster.pass_time(seconds(20))

    told = [event["reason"] for event in cluster.list("Event") if event["involvedObject"]["kind"] == "Node"]
    assert [each for each in told if each in ("NodeReady", "NodeNotReady")] == ["NodeNotReady", "NodeReady"]
