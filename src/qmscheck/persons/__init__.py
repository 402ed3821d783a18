"""What persons add to an audit: answers to questions, decisions about findings, filled test sheets.

Library of this room: xlsxwriter, for the forms that a person fills in.
"""
