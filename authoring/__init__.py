"""The recipe that builds the shipped catalogue from cited inputs."""
