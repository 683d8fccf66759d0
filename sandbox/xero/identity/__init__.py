"""Xero's identity server: consent, tokens and connections (OAuth 2 and OpenID Connect)."""
