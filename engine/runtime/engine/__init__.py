"""The engine process: claims runs, starts their workers, and sees to it that none stays with a dead one."""
