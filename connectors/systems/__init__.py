"""What each supplier's product writes, and what its words mean: one module a product, shared by agencies."""
