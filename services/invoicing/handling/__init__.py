"""What the service does when it is asked or hears of something, by area; `service.py` puts it together."""
