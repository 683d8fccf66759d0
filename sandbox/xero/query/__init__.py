"""Lists: which records, in which order, how many at a time, and how much of each."""
