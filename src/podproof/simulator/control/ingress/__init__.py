"""An ingress controller: rules by host and path, and who answers by them."""
