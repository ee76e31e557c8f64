"""The demo: a short working day between hubs and partners, counted to the last event."""
