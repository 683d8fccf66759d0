"""What every ledger must do, inherited by each connector's tests and run over real HTTP against its stand-in."""
