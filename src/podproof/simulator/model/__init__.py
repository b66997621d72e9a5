"""Values and rules without time or state."""
