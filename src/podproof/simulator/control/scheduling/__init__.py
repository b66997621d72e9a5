"""Where a pod goes: what each plugin says of each node, which node scores best, who has to leave for it."""
