"""StatefulSets: pods with a number, a name that stays, and claims of their own."""
