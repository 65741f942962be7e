"""Keeps the event log of Dagster short: its own retention settings do not reach events."""

from streaming.store.database import connect

_OLD = """
    select id from (
        select id, row_number() over (partition by asset_key order by id desc) as newest
        from event_logs
        where run_id = '' and asset_key is not null
        and dagster_event_type = 'ASSET_MATERIALIZATION'
    ) numbered where newest > %(keep)s limit %(most)s
"""


def prune_materialisations(dagster_url: str, keep: int, most: int = 10_000) -> int:
    """Delete all but the newest `keep` materialisations of each asset that belong to no run.

    At most `most` events a call. What an asset was last is kept by Dagster elsewhere too
    (asset_keys), so the catalogue does not change. Returns how many were deleted.
    """
    url = "postgresql://" + dagster_url.partition("://")[2]
    with connect(url, "knockon-pruning") as connection:
        old = [row[0] for row in connection.execute(_OLD, {"keep": keep, "most": most})]
        connection.execute("delete from asset_event_tags where event_id = any(%s)", (old,))
        connection.execute("delete from event_logs where id = any(%s)", (old,))
    return len(old)
