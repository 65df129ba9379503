"""Settings for the type checker, which needs the models and no database."""

import os
import tempfile
from pathlib import Path

from yinxin.vault.keys import KeyFile

_key = Path(tempfile.mkdtemp()) / "root.key"
KeyFile.create(_key)
os.environ |= {
    "DATABASE_URL": "postgresql:///none",
    "DATABASE_OWNER_URL": "postgresql:///none",
    "YINXIN_KEY_FILE": str(_key),
}

from yinxin.web.settings import *  # noqa: E402, F403
