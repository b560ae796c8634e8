"""Attached files: what may come in, where the bytes are kept, and how they go out again (S-012, S-023).

`names` and `checks` decide what is taken; `store` keeps the bytes under their SHA-256; `routes` streams them
in and out. Who may see a file is decided by the notifications service, which knows what it hangs on.
"""
