"""Stories of people in a real browser; a page that complains on its console fails its story."""
