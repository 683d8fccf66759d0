"""The ground floor: settings, clock, money, database, sealing, HTTP, errors, log. No business knowledge."""
