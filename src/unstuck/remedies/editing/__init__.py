"""How source is edited: small replacements of its text at places that the syntax tree gives."""
