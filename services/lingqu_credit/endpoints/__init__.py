"""The credit service over HTTP."""
