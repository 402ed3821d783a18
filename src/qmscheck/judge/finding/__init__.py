"""Third step: the verdict of each rule, how grave a fail is, where to look, and what would turn it."""
