"""Virtual time, seeded chance, the object store, informers and work queues."""
