"""Vietnamese forms of numbers and dates."""
