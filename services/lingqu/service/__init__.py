"""One way to make a service: app, settings, database, idempotency, paging, logging."""
