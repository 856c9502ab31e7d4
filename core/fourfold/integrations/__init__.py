"""What plugins for frameworks share."""
