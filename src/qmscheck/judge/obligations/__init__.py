"""Fourth step: findings and what persons answered are folded into the verdict of each obligation."""
