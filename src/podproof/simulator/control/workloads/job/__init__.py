"""Jobs: pods that run to completion, counted one by one."""
