"""Server-side apply: sets of fields, who owns which, and how an applied object merges into the one that is there.

Source: sigs.k8s.io/structured-merge-diff/v6.
"""
