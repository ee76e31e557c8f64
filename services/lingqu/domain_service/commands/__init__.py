"""What the domains bring to the command line alike. Nothing heavy is imported before it runs."""
