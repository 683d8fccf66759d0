"""Text messages to phones, through Twilio."""
