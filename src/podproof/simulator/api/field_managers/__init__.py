"""Who set which field of an object: metadata.managedFields, server-side apply and its conflicts."""
