"""Events committed with the rows they speak of, published exactly once by a relay."""
