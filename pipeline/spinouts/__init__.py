"""Companies born of achievements: founders, rights, public notice and who owns what."""
