"""What is handed to people: a sheet for the client, a form of consent, a list to check before the session."""
