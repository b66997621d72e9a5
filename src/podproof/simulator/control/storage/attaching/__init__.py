"""Volumes that have to be attached to a node before it can mount them: who asks for that, and who does it."""
