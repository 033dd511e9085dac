"""The only package that knows SQL, SQLCipher, Argon2id and keys."""
