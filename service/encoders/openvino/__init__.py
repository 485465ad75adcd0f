"""The fast encoder: a model exported once, run by OpenVINO."""
