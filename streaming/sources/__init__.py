"""Where events come from: one package per provider, each with settings, read and parse.

A source turns what a provider says into our own events in the order in which each fact became
knowable. It does not send anything: pacing and sending are `streaming.replay`'s.
"""
