"""What a row says of a session: its fields cleaned, its times read."""
