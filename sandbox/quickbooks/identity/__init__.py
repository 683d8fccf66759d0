"""Intuit's identity server: consent, tokens and who signed in (OAuth 2 and OpenID Connect)."""
