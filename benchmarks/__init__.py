"""What podproof costs, as ratios: scripts to be read and run by people, never part of a test run."""
