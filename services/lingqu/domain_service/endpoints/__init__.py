"""What the services of the domains answer over HTTP."""
