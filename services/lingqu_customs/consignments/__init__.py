"""A consignment over all its documents, offices and regions."""
