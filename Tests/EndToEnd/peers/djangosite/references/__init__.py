"""References of the steps of user flows to API connectors, with their history."""
