"""A corpus of evidence as it must not deceive anybody: files made by script, each with what an auditor would say of it."""
