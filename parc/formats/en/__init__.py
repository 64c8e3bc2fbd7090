"""English pages keep the Vietnamese forms of numbers and dates: the same figures are compared."""
