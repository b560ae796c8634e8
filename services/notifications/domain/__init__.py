"""What notifications knows by itself: remarks and files on documents, whom a fact concerns, what is read."""
