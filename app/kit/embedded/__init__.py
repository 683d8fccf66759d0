"""A real PostgreSQL and a real Redis from wheels, for development, the demo and the tests.

Production points DATABASE_URL and REDIS_URL at servers of its own and never comes here.
"""
