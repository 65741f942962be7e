"""The peers' own programs: each runs in an environment of its own, without anything of Knockon.

They are told where things are by `KNOCKON_BENCH` (see `rows`), decode the Avro themselves and
write the typed columns of `landed.flight_events`. None of them validates, dead-letters or fences.
"""
