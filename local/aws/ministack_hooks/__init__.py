"""What the local platform changes in the AWS emulator, one module a hook.

The hooks reach into private names of one pinned version: each checks what it is about to change
and says what is missing instead of starting an emulator that lies.
"""
