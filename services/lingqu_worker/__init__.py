"""The data plane: runs feeds and inbound connectors in batches."""
