"""`podproof serve`: the simulated API server on a socket, for kubectl and every other client.

Rules for editing: nothing here knows a kind. Paths, verbs and documents follow from the table of served resources, and
what a request means is decided by the API function alone.
"""
