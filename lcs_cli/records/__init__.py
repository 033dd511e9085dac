"""The nouns: frozen values that cross every border, and the references that name them."""
