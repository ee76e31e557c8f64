"""Sections: where water is measured, which limits apply there, and whom it reaches next."""
