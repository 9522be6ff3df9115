"""What happens to this skin, step by step? Read `simulate.py` first."""
