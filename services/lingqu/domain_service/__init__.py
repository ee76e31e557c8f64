"""What the services of the domains share."""
