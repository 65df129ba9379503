"""The pages of seals, a module each."""
