"""The money identities of a settlement, and how provinces differ in them."""
