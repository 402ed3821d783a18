"""Personal data: the key of pseudonyms, which stays with the user, and the masking of what is quoted.

No library of its own. What is compared with what, and how a cell becomes a pseudonym, is SQL (`sql.pseudonyms`).
"""
