"""Money between the provinces' funds: payments, prepayments and what is left of them."""
