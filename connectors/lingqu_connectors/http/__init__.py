"""An HTTP endpoint of a partner: CloudEvents in signed batches, answered event by event."""
