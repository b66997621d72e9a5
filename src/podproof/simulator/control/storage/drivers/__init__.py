"""Storage drivers: what one has made, and the sidecars that speak between it and the API."""
