"""Expressions and SELECTs as trees: parsed, checked, rewritten, rendered. SQL text is never glued.

Library of this room: sqlglot.
"""
