"""The world a configuration asks for."""

from podproof.configuration import Configuration
from podproof.simulator.machine.images import ImageTable
from podproof.simulator.model.times import Nanos
from podproof.simulator.world import BEGINNING, NodeSpec, World


def world_of(config: Configuration, seed: str | None = None, beginning: Nanos = BEGINNING) -> World:
    """Return a new world; `seed` overrides the configuration's, `beginning` is when its clock begins."""
    world = World(
        seed=config.seed if seed is None else seed,
        nodes=tuple(NodeSpec(**row) for row in config.nodes) or (NodeSpec(),),
        images=ImageTable.load(config.images, config.unknown_images),
        registry=config.registry,
        images_on_node=config.images_on_node,
        unknown_images=config.unknown_images,
        beginning=beginning,
        names=config.dns,
    )
    if config.network:
        world.network.become(config.network)
    return world
