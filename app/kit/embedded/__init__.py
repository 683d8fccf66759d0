"""PostgreSQL and Redis from wheels, for a machine that has neither: started, watched and stopped by us."""
