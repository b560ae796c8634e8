"""What alembic needs to run the migrations of any service."""
