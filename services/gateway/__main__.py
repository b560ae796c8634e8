"""`python -m services.gateway`: one gateway process."""

import sys

from services.gateway.server import main

sys.exit(main())
