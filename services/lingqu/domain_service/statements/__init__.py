"""What people declare under keys: kept, published, and taken over from other regions."""
