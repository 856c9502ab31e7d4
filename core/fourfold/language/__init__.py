"""What is known of languages: their words, names, dates, modality and stance. Knows no store and no model."""
