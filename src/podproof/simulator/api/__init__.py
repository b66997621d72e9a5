"""The API server as a function from a request to a response or a watch."""
