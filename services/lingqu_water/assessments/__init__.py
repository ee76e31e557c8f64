"""Monthly assessments of sections: on final data only, recomputed when it changes."""
