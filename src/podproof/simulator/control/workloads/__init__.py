"""The controllers that own pods: each a pure rule from what its informers show to a plan, and the wiring around it."""
