"""The life of a declaration: its states, what leads from one to another, and what people may do."""
