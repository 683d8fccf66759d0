"""WhatsApp, through Twilio: approved templates only."""
