"""Endpoints are kept, told of events, and looked after."""
