"""What the product costs and carries, measured on loopback against a bare server in the same run: python -m benchmarks."""
