"""What several test folders share: a running sandbox, tenants, tasks run in-process."""
