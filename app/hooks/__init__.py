"""Webhooks on the wire: where they may go, what they say, how they are sent."""
