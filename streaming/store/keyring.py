"""The SQL of the keyring; only role knockon_keyring may run it."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from streaming.store.database import Connection


def add_keys(
    connection: Connection, kind: str, master_key_id: str, wrapped: Mapping[UUID, bytes]
) -> None:
    """Keep new keys; a subject that has one already (or had: a tombstone) keeps what it has."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into keyring.data_keys (subject, subject_kind, master_key_id, wrapped_key)"
            " values (%s, %s, %s, %s) on conflict (subject) do nothing",
            [(subject, kind, master_key_id, key) for subject, key in wrapped.items()],
        )


def keys(
    connection: Connection, subjects: Collection[UUID]
) -> dict[UUID, tuple[str, bytes | None]]:
    """Master key id and wrapped key per subject; None where the key was destroyed."""
    rows = connection.execute(
        "select subject, master_key_id, wrapped_key from keyring.data_keys where subject = any(%s)",
        (list(subjects),),
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def record_accesses(
    connection: Connection, accesses: Iterable[tuple[UUID, bool]], actor: str, purpose: str
) -> None:
    """Write down who asked for whose plaintext, why, and whether it was there to give."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into keyring.accesses (subject, actor, purpose, granted)"
            " values (%s, %s, %s, %s)",
            [(subject, actor, purpose, granted) for subject, granted in accesses],
        )


def destroy_key(connection: Connection, subject: UUID) -> bool:
    """Forget a subject's key for ever, leaving a tombstone; False when there was none."""
    gone = connection.execute(
        "update keyring.data_keys set wrapped_key = null, destroyed_at = now()"
        " where subject = %s and wrapped_key is not null",
        (subject,),
    )
    return gone.rowcount == 1
