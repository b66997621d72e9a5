"""iptables: rules in chains, chains in tables, tables at the hooks a packet passes; the first rule that fits decides.

`reading.rule(text)` reads a rule as `iptables -A` takes it, `Tables.pass_hook` applies what stands there.
Source: netfilter's net/ipv4/netfilter and net/netfilter, iptables 1.8.
"""
