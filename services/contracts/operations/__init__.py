"""What the people who run the system ask of every service alike."""
