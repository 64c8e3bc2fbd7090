"""The same forms as in Vietnamese, so that a figure reads alike in both languages."""

from parc.formats.vi.formats import *  # noqa: F403
