"""The investment committee: who may vote on what, sealed ballots, and the decision."""
