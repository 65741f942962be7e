"""How fast records are landed, beside the floor and beside others: `make bench-landing`.

What is compared, and how, is said where it is done: `backlog` (what is landed), `contenders` (who
lands it), `drain` (how speed, CPU and rightness are taken), `offered` (latency under a load).
"""
