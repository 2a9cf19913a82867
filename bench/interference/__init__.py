"""Programs as users write them, each of which must come out the same whether it is watched or not."""
