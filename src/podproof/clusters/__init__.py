"""The clusters behind the port: today the simulator."""
