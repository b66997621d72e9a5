"""The servers that images run, by the names their rows use."""

from collections.abc import Mapping

from podproof.simulator.machine.behaviours import PROGRAM
from podproof.simulator.machine.effects import Program
from podproof.simulator.machine.servers.agnhost import agnhost
from podproof.simulator.machine.servers.declared import declared
from podproof.simulator.machine.servers.httpd import httpd
from podproof.simulator.machine.servers.idle import docker_entrypoint, idle, pause
from podproof.simulator.machine.servers.nginx import nginx
from podproof.simulator.machine.servers.python import python
from podproof.simulator.machine.servers.redis import redis_cli, redis_server

SERVERS: Mapping[str, Program] = {
    "agnhost": agnhost,
    "docker-entrypoint": docker_entrypoint,
    "httpd": httpd,
    "nginx": nginx,
    "pause": pause,
    "podproof-idle": idle,
    PROGRAM: declared,
    "python": python,
    "redis-cli": redis_cli,
    "redis-server": redis_server,
}
"""`httpd` is Apache's: BusyBox's applet of that name is not modelled and has no row that runs this one."""
