"""The size space of NATS-Bench: five numbers of channels of one topology."""
