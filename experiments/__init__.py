"""The domain: what an experiment is, what the charter asks of it, and who may move it on."""
