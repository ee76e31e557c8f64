"""The water quality service: readings, judgement, alerts, incidents and compensation."""
