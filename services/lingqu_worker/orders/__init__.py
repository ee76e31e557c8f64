"""Orders: what an operator has sent again or sent late, in lanes beside the feed's own."""
