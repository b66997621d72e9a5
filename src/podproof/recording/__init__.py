"""Recordings: scenario files played on the simulator, in the format of recordings of real nodes."""
