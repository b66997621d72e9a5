"""CronJobs: when they are due, and what becomes of their Jobs."""
