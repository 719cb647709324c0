"""From sound and words to draft records a rep only has to nod at; offline, rule-based, no I/O outside speech and weights."""
