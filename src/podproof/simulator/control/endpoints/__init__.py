"""What stands behind a Service: its Endpoints, its EndpointSlices, and the slices that mirror Endpoints of others."""
