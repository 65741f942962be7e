"""When and how it is assembled: definitions, jobs, schedules, the local stack, the command line."""
