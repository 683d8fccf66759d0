"""Mail over SMTP, with the provider's message search to settle what nobody knows."""
