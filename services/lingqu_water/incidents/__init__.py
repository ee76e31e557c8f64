"""What regions declare to each other by people's hands: incidents, disputes and consultations."""
