"""Uses of measures, told back to whom decided on them."""
