"""An app for Galleria: the merchant says how many pieces of a product one order may hold."""
