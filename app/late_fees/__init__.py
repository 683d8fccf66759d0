"""Late fees and interest: an option, off until somebody switches a rule on for a group of customers."""
