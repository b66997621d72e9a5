"""Which pods a node ends because it, or they, run out of memory or disk, and when."""
