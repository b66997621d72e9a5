"""Claims and the volumes that are found or made for them."""
