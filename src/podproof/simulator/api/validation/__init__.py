"""What the API server checks of an object, by topic. Every function yields faults; none stops at the first."""
