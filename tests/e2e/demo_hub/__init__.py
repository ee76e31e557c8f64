"""What is asked of the hub that `make run` leaves; a folder with this file shares one hub."""
