"""What annotation is: pure, frozen values with no input or output."""
