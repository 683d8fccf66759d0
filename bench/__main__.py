"""Every measured claim, one after the other: `make bench`."""

from bench import first_sync, planner

for measured in (first_sync, planner):
    measured.main()
