"""Stand-ins for Xero, Stripe and a mail provider that speak the real HTTP and SMTP."""
