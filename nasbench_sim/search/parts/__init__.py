"""What searchers of several families are made of."""
