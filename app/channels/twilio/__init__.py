"""Twilio, as text messages and WhatsApp share it: one client, its refusals, signatures, and setting a business up."""
