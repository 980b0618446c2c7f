"""Forms: what people type, checked before it reaches the domain."""
