"""What a connection refuses to do, whoever asks: other files, other keys, another schema, weaker settings."""

from sqlcipher3 import dbapi2 as sqlcipher

_READABLE_PRAGMAS = {
    "cipher_integrity_check",
    "data_version",
    "foreign_key_check",
    "freelist_count",
    "integrity_check",
    "page_count",
    "page_size",
    "table_info",
    "table_list",
    "user_version",
}
_NEVER = {
    sqlcipher.SQLITE_ATTACH,
    sqlcipher.SQLITE_DETACH,
    sqlcipher.SQLITE_ALTER_TABLE,
    sqlcipher.SQLITE_DROP_INDEX,
    sqlcipher.SQLITE_DROP_TABLE,
    sqlcipher.SQLITE_DROP_TRIGGER,
    sqlcipher.SQLITE_DROP_VIEW,
    sqlcipher.SQLITE_CREATE_INDEX,
    sqlcipher.SQLITE_CREATE_TABLE,
    sqlcipher.SQLITE_CREATE_TEMP_INDEX,
    sqlcipher.SQLITE_CREATE_TEMP_TABLE,
    sqlcipher.SQLITE_CREATE_TEMP_VIEW,
    sqlcipher.SQLITE_CREATE_TRIGGER,
    sqlcipher.SQLITE_CREATE_VIEW,
    sqlcipher.SQLITE_CREATE_TEMP_TRIGGER,
    sqlcipher.SQLITE_CREATE_VTABLE,
    sqlcipher.SQLITE_DROP_VTABLE,
}
_NEVER_CALLED = {"sqlcipher_export", "load_extension"}


def guard(action: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None) -> int:
    """Refuse what no command of ours needs: other files, other keys, another schema, weaker settings."""
    refused = (
        action in _NEVER
        or (action == sqlcipher.SQLITE_PRAGMA and (first or "").lower() not in _READABLE_PRAGMAS)
        or (action == sqlcipher.SQLITE_PRAGMA and (first or "").lower() == "user_version" and second is not None)
        or (action == sqlcipher.SQLITE_FUNCTION and (second or "").lower() in _NEVER_CALLED)
    )
    return int(sqlcipher.SQLITE_DENY if refused else sqlcipher.SQLITE_OK)
