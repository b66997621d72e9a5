"""What happens to a packet between two programs: interfaces, routes, rules, tunnels. Values and tables, no time."""
