"""The foundation floor: the words every other floor speaks, with no input or output of its own.

Money, ids, time, errors, events, the wire's types and limits, page cursors, stable buckets, text
and telemetry live here as flat modules (`from galleria.foundation import money`). Nothing on this
floor opens a file, a socket or a database, and nothing here knows a room, an engine or a shop: a
module belongs here only when rooms on several floors must agree on it to the letter.
"""
