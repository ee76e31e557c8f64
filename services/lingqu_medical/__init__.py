"""Medical: treatment elsewhere, from filing to clearing between the provinces' funds."""
