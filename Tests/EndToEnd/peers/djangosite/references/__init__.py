"""References from the steps of user flows to API connectors, and the history of these references."""
