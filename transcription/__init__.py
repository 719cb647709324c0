"""From sound and words to draft records a rep only has to nod at; offline and rule-based."""
