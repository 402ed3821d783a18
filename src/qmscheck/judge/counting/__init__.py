"""First step: how many records meet each rule. Scans of tables are planned, and carried out where the records are."""
